/** Callers whom nobody knows, at a token endpoint that says nothing: what they may hold, and whom they may hurt. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TokenRequestError } from 'oauth2-backend';
import { until } from '../faults/until.js';
import { type HangingServer, hangingServer, range, strangersWorld } from './strangers.js';

let tokens: HangingServer;
let world: ReturnType<typeof strangersWorld>;
beforeEach(async () => {
  tokens = await hangingServer();
});
afterEach(async () => {
  await world.close();
  await tokens.close();
});

describe('strangers at a token endpoint that hangs', () => {
  it('100,000 of them on the default: a thousand wait at most, users are served, and nothing stays once they have left', async () => {
    world = strangersWorld(tokens);
    const { ask, counts } = world;
    const users = range(50, 'user');
    await Promise.all(users.map((user) => ask(user)));
    const gone = new AbortController();
    let turnedAway = 0;
    let left = 0;
    const calls: Promise<void>[] = [];
    for (let batch = 0; batch < 100; batch++) {
      for (const one of range(1_000, `stranger-${batch}`)) {
        calls.push(
          ask(one, gone.signal).then(
            () => {},
            (error: unknown) => {
              if (error instanceof TokenRequestError) turnedAway += 1;
              else left += 1;
            },
          ),
        );
      }
      await new Promise(setImmediate);
    }
    await until(
      () => turnedAway,
      (count) => count === 99_000,
    );
    expect(await Promise.all(users.map((user) => ask(user)))).toEqual(users.map((user) => `token-of-${user}`));
    expect(counts()).toMatchObject({ identities: 1_050, evictions: 0 });

    gone.abort(new Error('the clients left'));
    await Promise.all(calls);
    expect([turnedAway, left]).toEqual([99_000, 1_000]);
    expect(
      await until(
        () => tokens.waiting(),
        (count) => count === 0,
      ),
    ).toBe(0);
    expect(await ask('user-new')).toBe('token-of-user-new');
    expect(counts()).toMatchObject({ failures: 0 });
  }, 240_000);
});
