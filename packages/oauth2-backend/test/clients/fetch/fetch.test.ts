import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { bearer, bearerFetch, OriginError, staticToken } from 'oauth2-backend';
import { type ClientWorld, clientWorld, rejection } from '../client-world.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

describe('fetch(input, init)', () => {
  it("takes Node's own Request, Headers, FormData, Blob and URLSearchParams", async () => {
    const { fetch } = world.backend();
    const headers = new Headers({ 'x-mine': '1' });
    await fetch(new Request(`${world.api.origin}/a`, { headers }));
    await fetch(new Request(`${world.api.origin}/b`, { headers, method: 'PUT' }), {
      method: 'PATCH',
      headers: [['x-other', '2']],
    });
    const data = new FormData();
    data.append('field', 'value');
    await fetch('c', { method: 'POST', body: data });
    await fetch('d', { method: 'POST', body: new Blob(['blob'], { type: 'text/x' }), headers });
    await fetch('e', { method: 'POST', body: new URLSearchParams({ a: '1' }) });

    const [a, b, c, d, e] = world.api.requests;
    expect(a).toMatchObject({ method: 'GET', headers: { 'x-mine': '1' } });
    expect(b).toMatchObject({ method: 'PATCH', headers: { 'x-other': '2' } });
    expect(b?.headers).not.toHaveProperty('x-mine');
    expect(c?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(c?.body.toString()).toContain('name="field"\r\n\r\nvalue\r\n');
    expect(d).toMatchObject({ headers: { 'content-type': 'text/x', 'x-mine': '1' } });
    expect(e?.body.toString()).toBe('a=1');
  });

  it('gives what behaves like a Response', async () => {
    const { fetch } = world.backend();
    const response = await fetch('x');
    expect(response).toMatchObject({ ok: true, status: 200, statusText: 'OK', type: 'basic', bodyUsed: false });
    expect(response.headers.get('content-type')).toBe('application/json');
    const clone = response.clone();
    expect(await response.json()).toEqual({ method: 'GET', url: '/x', token: 'token-1' });
    expect(response.bodyUsed).toBe(true);
    expect(await clone.text()).toContain('"url":"/x"');

    const chunks: Uint8Array[] = [];
    const { body } = await fetch('x');
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toContain('"url":"/x"');
    expect((await (await fetch('x')).arrayBuffer()).byteLength).toBeGreaterThan(0);
  });

  it('does not throw for 4xx and 5xx', async () => {
    world.api.next({ status: 503, body: 'later' });
    const response = await world.backend().fetch('x');
    expect(response).toMatchObject({ ok: false, status: 503 });
    expect(await response.text()).toBe('later');
  });

  it('can be called apart from its backend', async () => {
    const { fetch } = world.backend();
    expect(await fetch('x')).toMatchObject({ status: 200 });
  });

  it('refuses a dispatcher of the caller', async () => {
    const init = { dispatcher: { dispatch: () => true } } as object;
    expect(await rejection(world.backend().fetch('x', init))).toBeInstanceOf(OriginError);
    expect(world.as.requests).toHaveLength(0);
  });

  it('lets the caller cancel a body, and the body ends with the reason when aborted', async () => {
    const origin = await world.serve((_, response) => void response.write('a'));
    const { fetch } = world.backend({ origin });
    await (await fetch('x')).body?.cancel();

    const controller = new AbortController();
    const response = await fetch('x', { signal: controller.signal });
    const text = rejection(response.text());
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await text).toBe(reason);
  });

  it('fails without anything secret in reach', async () => {
    const backend = world.backend();
    await backend.token();
    world.api.next({ reset: true });
    const error = await rejection(backend.fetch('x'));
    expect(error).toMatchObject({ name: 'TypeError', statusCode: 502, expose: false });
    const shown = [inspect(error, { depth: 10 }), JSON.stringify(error), String(error), error.stack].join('\n');
    expect(shown).not.toMatch(/token-1|the-secret/);
  });

  it('rejects, never throws', () => {
    const { fetch } = world.backend();
    for (const call of [
      () => fetch('https://elsewhere.example'),
      () => fetch('x', { headers: { host: 'x' } }),
      () => fetch(undefined as never),
    ]) {
      const promise = call();
      promise.catch(() => undefined);
      expect(promise).toBeInstanceOf(Promise);
    }
  });

  it.each([
    [
      'a value',
      [['x-mine', 'token-9\r\nx: y']],
      'header "x-mine" has a value that no header may carry (RFC 9110 §5.5)',
    ],
    ['a name', [['token-9\r\nx', 'y']], 'a header has a name that is none (RFC 9110 §5.1)'],
  ])('refuses %s of a header that cannot be, without showing it (S16)', async (_, headers, message) => {
    const error = await rejection(world.backend().fetch('x', { headers: headers as [string, string][] }));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('token-9');
    expect(world.api.requests).toHaveLength(0);
  });
});

describe('bearerFetch(bearer)', () => {
  it('is the same without a configuration', async () => {
    const fetch = bearerFetch(bearer(staticToken('mine'), { origin: world.api.origin, pathPrefix: '/v1' }));
    expect(await (await fetch('x')).json()).toEqual({ method: 'GET', url: '/v1/x', token: 'mine' });
    expect(await rejection(fetch('https://elsewhere.example/'))).toBeInstanceOf(OriginError);
  });
});
