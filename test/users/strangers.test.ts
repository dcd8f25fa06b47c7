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
  it('ten of them on maxIdentities 10: one waits, the others are turned away, and no user loses a token', async () => {
    world = strangersWorld(tokens, 10);
    const { ask, counts } = world;
    const users = range(10, 'user');
    for (const user of users) await ask(user);
    const gone = new AbortController();
    const calls = range(10, 'stranger').map((one) => ask(one, gone.signal).catch((error: unknown) => error));
    const [, ...turnedAway] = calls;
    for (const error of await Promise.all(turnedAway)) {
      expect(error).toBeInstanceOf(TokenRequestError);
      expect(error).toMatchObject({
        statusCode: 502,
        backend: 'api',
        message: 'too many identities without a token ask for one of "api" at the same time',
      });
      expect(error).not.toHaveProperty('response');
    }
    expect(
      await until(
        () => tokens.waiting(),
        (count) => count === 1,
      ),
    ).toBe(1);
    expect(await ask('verified-new')).toBe('token-of-verified-new');
    for (const user of users.slice(1)) await ask(user);
    expect(tokens.asked).toHaveLength(12);

    const reason = new Error('the client left');
    gone.abort(reason);
    expect(await calls[0]).toBe(reason);
    expect(
      await until(
        () => tokens.waiting(),
        (count) => count === 0,
      ),
    ).toBe(0);
    expect(await ask('user-new')).toBe('token-of-user-new');
    expect(counts()).toMatchObject({ failures: 0 });
  });
});
