import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import axios, { type AxiosInstance } from 'axios';
import type { Backend } from 'oauth2-backend';
import { type ClientWorld, clientWorld, rejection } from '../../packages/oauth2-backend/test/clients/client-world.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

/** As the README has it. */
function withToken(billing: Backend, origin: string): AxiosInstance {
  const http = axios.create({ baseURL: origin, maxRedirects: 0 });
  http.interceptors.request.use(async (config) => {
    config.headers.set(await billing.authorization({ method: config.method ?? 'get', url: http.getUri(config) }));
    return config;
  });
  http.interceptors.response.use(undefined, async (error) => {
    const refused = /^Bearer (.+)/.exec(error.config?.headers.get('authorization'))?.[1];
    if (error.response?.status !== 401 || !refused || error.config.repeated) throw error;
    await billing.token({ refused });
    return http({ ...error.config, repeated: true });
  });
  return http;
}

describe('axios', () => {
  it('carries the token, and a new one after a 401', async () => {
    const http = withToken(await world.acceptedBackend(), world.api.origin);
    await http.get('/invoices', { params: { page: 2 } });
    world.api.revoke('token-1');
    expect((await http.post('/invoices', { amount: 7 })).status).toBe(200);
    expect(world.api.requests.map(({ url }) => url)).toEqual(['/invoices?page=2', '/invoices', '/invoices']);
    expect(world.api.tokens()).toEqual(['token-1', 'token-1', 'token-2']);
    expect(world.api.requests.at(-1)?.body.toString()).toBe('{"amount":7}');
  });

  it('gives a 401 that stays after one repeat', async () => {
    world.api.next({ status: 401 }, { status: 401 });
    const error = await rejection(withToken(await world.acceptedBackend(), world.api.origin).get('/x'));
    expect(error).toMatchObject({ response: { status: 401 } });
    expect(world.api.tokens()).toEqual(['token-1', 'token-2']);
  });

  it('gets no token for another origin: nothing is sent', async () => {
    const elsewhere = await world.serve((_, response) => void response.end());
    const http = withToken(world.backend(), world.api.origin);
    expect(await rejection(http.get(`${elsewhere}/x`))).toMatchObject({ code: 'ERR_OAUTH2_ORIGIN' });
    expect(world.as.requests).toEqual([]);
  });
});
