import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ClientWorld, clients, clientWorld } from './client-world.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

describe.each(clients)('$name: abort', ({ send }) => {
  it('leaves nothing listening after 10,000 requests on one signal', async () => {
    const backend = world.backend();
    const { signal } = new AbortController();
    for (let round = 0; round < 100; round++) {
      await Promise.all(Array.from({ length: 100 }, () => send(backend, 'x', { signal })));
    }
    expect(world.api.requests).toHaveLength(10_000);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  }, 60_000);
});
