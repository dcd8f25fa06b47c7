import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ClientWorld, clients, clientWorld, manualClock } from './client-world.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

describe.each(clients)('$name: forced renewals', ({ send }) => {
  it('are bounded though no token lives longer than its request and the API refuses all', async () => {
    world.as.expiresIn = 0;
    world.api.valid = () => false;
    const backend = world.backend({}, { clock: manualClock() });
    for (let round = 0; round < 12; round++) expect(await send(backend, 'x')).toMatchObject({ status: 401 });
    // One for each call, and one that was forced: no token was accepted.
    expect(world.as.requests).toHaveLength(12 + 1);
  });

  it('are 5 in a burst though each new token is accepted', async () => {
    const backend = await world.acceptedBackend({}, { clock: manualClock() });
    for (let count = 1; count <= 7; count++) {
      world.api.revoke(`token-${count}`);
      expect(await send(backend, 'x')).toMatchObject({ status: count <= 5 ? 200 : 401 });
    }
    expect(world.as.requests).toHaveLength(1 + 5);
  });
});

describe.each(clients)('$name: a new token', ({ send }) => {
  it.each([200, 204, 304])('is proven by an answer of %d: its next refusal is tried as it is', async (status) => {
    const clock = manualClock();
    const backend = await world.acceptedBackend({}, { clock });
    world.api.next({ status: 401 }, { status });
    await send(backend, 'x');
    clock.advance(6_000);
    world.api.next({ status: 401 });
    expect(await send(backend, 'y')).toMatchObject({ status: 200 });
    expect(world.api.tokens()).toEqual(['token-1', 'token-2', 'token-2', 'token-2']);
    expect(world.as.requests).toHaveLength(2);
  });

  it.each([302, 400, 404, 500])('is not proven by an answer of %d: it has no part in the burst', async (status) => {
    const clock = manualClock();
    const backend = await world.acceptedBackend({}, { clock });
    world.api.next({ status: 401 }, { status });
    await send(backend, 'x');
    clock.advance(6_000);
    world.api.next({ status: 401 });
    expect(await send(backend, 'y')).toMatchObject({ status: 401 });
    expect(world.as.requests).toHaveLength(2);
    clock.advance(6_000);
    expect(await send(backend, 'z')).toMatchObject({ status: 200 });
    expect(world.api.tokens().at(-1)).toBe('token-3');
  });
});
