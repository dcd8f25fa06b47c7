import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RequestContext } from 'oauth2-backend';
import { type ClientWorld, clientWorld } from '../clients/client-world.js';
import { manualClock } from '../sources/manual-clock.js';
import { memoryStore, type Shelf } from './memory-store.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

/** Backends of one process after the other: they share clock and store. */
function fleet() {
  const clock = manualClock();
  const shelf: Shelf = new Map();
  return {
    clock,
    process: () => ({ clock, store: memoryStore(shelf, { storePlaintext: true }) }),
    /** Until the token is in the store and the lease given back. */
    async written() {
      while (shelf.size !== 1 || [...shelf.keys()].some((key) => key.endsWith(':lease'))) await sleep(5);
    },
  };
}

describe('a token out of the store that the API refuses', () => {
  it('is as old as it is: a process that has just started renews it at once', async () => {
    const { clock, process, written } = fleet();
    await world.backend({}, process()).fetch('x');
    await written();
    clock.pass(60_000);
    world.api.revoke('token-1');
    expect((await world.backend({}, process()).fetch('x')).status).toBe(200);
    expect(world.api.tokens()).toEqual(['token-1', 'token-1', 'token-2']);
    expect(world.as.requests).toHaveLength(2);
  });

  it('is given time where it is young', async () => {
    const { clock, process, written } = fleet();
    await world.backend({}, process()).fetch('x');
    await written();
    clock.pass(1_000);
    world.api.revoke('token-1');
    const call = world.backend({}, process()).fetch('x');
    while (world.api.requests.length < 2) await sleep(5);
    await sleep(20);
    clock.pass(1_000);
    expect((await call).status).toBe(401);
    expect(world.api.tokens()).toEqual(['token-1', 'token-1', 'token-1']);
    expect(world.as.requests).toHaveLength(1);
  });

  it('does not come back to a user who was evicted meanwhile (S15)', async () => {
    const { clock, process, written } = fleet();
    const backends = world.backends(
      {
        oauth2: {
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          subject_token: (context) => ({ token: context?.inbound, payload: {} }),
        },
      },
      { ...process(), maxIdentities: 1 },
    );
    const as = (user: string) => {
      const { signal } = new AbortController();
      return backends.for({ request: {}, response: {}, signal, inbound: user } as unknown as RequestContext).api;
    };
    await as('ann').fetch('x');
    await written();
    clock.pass(60_000);
    world.api.valid = (token) => {
      // While Ann's call is under way Bob takes her place.
      if (token === 'token-1') evicted ??= as('bob').token();
      return token !== 'token-1';
    };
    let evicted: Promise<unknown> | undefined;
    const calls = [as('ann').fetch('x'), as('ann').fetch('y')];
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 200]);
    await evicted;
    expect(world.api.tokens().filter((token) => token === 'token-1')).toHaveLength(3);
    expect(backends.status()[0]?.counts.evictions).toBeGreaterThan(0);
  });
});
