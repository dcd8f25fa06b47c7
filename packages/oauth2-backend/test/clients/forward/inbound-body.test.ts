import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as send } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ForwardOptions, TokenSource } from 'oauth2-backend';
import { createBackends } from 'oauth2-backend';
import { ask, type ForwardWorld, forwardWorld } from './forward-world.js';

let world: ForwardWorld;
beforeEach(async () => {
  world = await forwardWorld();
});
afterEach(() => world.close());

/** An application whose token takes a while, and what its middleware does with the request before. */
const slow = (before?: (request: IncomingMessage) => unknown, changes = {}, options?: ForwardOptions) => {
  const token = { value: 'good', type: 'Bearer', issuedAt: 0, expiresAt: Date.now() + 60_000, scope: '' };
  const oauth2 = { token: () => delay(100, token) } as unknown as TokenSource;
  const backends = createBackends({ api: { origin: world.api.origin, oauth2, ...changes } });
  return world.application(backends.get('api'), options, before);
};

describe('backend.forward(request) while it waits for a token', () => {
  it.each([
    ['of known length', 'hello'],
    ['of known length that is not kept', 'x'.repeat(100_000)],
    ['chunked', ['hel', 'lo']],
  ])('loses nothing of a body that somebody meters: %s', async (_, body) => {
    let metered = 0;
    const port = await slow((request) => {
      request.on('data', (chunk: Buffer) => {
        metered += chunk.length;
      });
    });
    expect((await ask(port, '/x', { method: 'POST', body })).status).toBe(200);
    const wanted = [body].flat().join('');
    expect(world.api.requests[0]?.body.toString()).toBe(wanted);
    expect(metered).toBe(wanted.length);
  });

  it.each([
    ['of known length', 'hello'],
    ['chunked', ['hel', 'lo']],
  ])('refuses a body that somebody has read meanwhile: %s', async (_, body) => {
    const port = await slow((request) => void setTimeout(() => request.resume().once('data', () => {}), 40));
    expect((await ask(port, '/x', { method: 'POST', body })).status).toBe(500);
    expect(world.errors[0]).toMatchObject({ message: expect.stringContaining('before body parsers') });
    expect(world.api.requests).toHaveLength(0);
  });

  it.each([
    ['of known length', { 'content-length': '10' }],
    ['chunked', { 'transfer-encoding': 'chunked' }],
  ])('ends with a client that leaves, whatever abort_on_disconnect says: %s', async (_, headers) => {
    const port = await slow(undefined, { abort_on_disconnect: false });
    const asked = send({ host: '127.0.0.1', port, method: 'POST', path: '/x', headers, agent: false });
    asked.on('error', () => {});
    asked.write('hello');
    await once(asked, 'socket');
    await delay(40);
    asked.destroy();
    await delay(150);
    expect(world.errors[0]).toMatchObject({ code: 'ERR_OAUTH2_CLIENT_CLOSED' });
    expect(world.api.requests).toHaveLength(0);
  });
});
