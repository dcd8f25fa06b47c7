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
    // One for each call, and the burst of 5.
    expect(world.as.requests).toHaveLength(12 + 5);
  });

  it.each([404, 500])('are as many as needed while repeats are answered otherwise: %d', async (status) => {
    const backend = world.backend({}, { clock: manualClock() });
    for (let round = 0; round < 8; round++) {
      world.api.next({ status: 401 }, { status });
      expect(await send(backend, 'x')).toMatchObject({ status });
    }
    expect(world.as.requests).toHaveLength(1 + 8);
  });
});

it.each([404, 500])('got: a repeat that is thrown for its status restores the budget too: %d', async (status) => {
  const { got } = world.backend({}, { clock: manualClock() });
  for (let round = 0; round < 8; round++) {
    world.api.next({ status: 401 }, { status });
    await expect(got('x')).rejects.toMatchObject({ response: { statusCode: status } });
  }
  expect(world.as.requests).toHaveLength(1 + 8);
});
