import { getEventListeners } from 'node:events';
import { describe, expect, it, jest } from '@jest/globals';
import type { RequestContext } from 'oauth2-backend';
import { NoTokenError, TokenRequestError } from '../../src/errors.js';
import { keep } from '../../src/sources/keep.js';
import { perIdentity } from '../../src/sources/per-identity.js';
import type { AccessToken } from '../../src/token.js';
import { manualClock } from './manual-clock.js';

const contextOf = (user: string) => ({ inbound: { user } }) as RequestContext;

/** Identities by the name of the user; each question waits while the user is held. */
function identities(
  max: number,
  identify = async (context: RequestContext | undefined) => ({ key: userOf(context), verified: true }),
) {
  const clock = manualClock();
  const asked: string[] = [];
  const held = new Map<string, PromiseWithResolvers>();
  const source = perIdentity({
    name: 'billing',
    identify,
    max,
    clock,
    admit() {},
    make: (key) =>
      keep(
        {
          async token() {
            asked.push(key);
            await held.get(key)?.promise;
            return tokenOf(key, asked.filter((each) => each === key).length);
          },
        },
        { name: 'billing', clock, renewBefore: { fraction: 0.25 }, deadline: 10_000 },
      ),
  });
  function tokenOf(key: string, count: number): AccessToken {
    const issuedAt = clock.now();
    return { value: `${key}-${count}`, type: 'Bearer', issuedAt, expiresAt: issuedAt + 3_600_000 };
  }
  return {
    clock,
    asked,
    source,
    ask: async (user: string) => (await source.token({ context: contextOf(user) })).value,
    askAll: async (...users: string[]) => {
      for (const user of users) await source.token({ context: contextOf(user) });
    },
    hold(user: string) {
      const gate = withResolvers();
      held.set(user, gate);
      return {
        resolve() {
          held.delete(user);
          gate.resolve();
        },
        reject(error: Error) {
          held.delete(user);
          gate.reject(error);
        },
      };
    },
  };
}

describe('perIdentity(options)', () => {
  it('keeps the tokens of identities apart, each asked for once', async () => {
    const { ask, asked, source } = identities(10);
    const users = ['ann', 'bob', 'ann', 'bob', 'eve', 'ann'];
    const given = await Promise.all(users.map(ask));
    expect(given).toEqual(users.map((user) => `${user}-1`));
    expect(asked.toSorted()).toEqual(['ann', 'bob', 'eve']);
    expect(source.counts()).toEqual({ identities: 3, evictions: 0 });
  });

  it('forgets the one least recently used when there are more than max', async () => {
    const { ask, askAll, asked, source } = identities(2);
    await askAll('ann', 'bob', 'ann', 'eve');
    expect(source.counts()).toEqual({ identities: 2, evictions: 1 });
    expect(await ask('ann')).toBe('ann-1');
    expect(asked).toEqual(['ann', 'bob', 'eve']);
    expect(await ask('bob')).toBe('bob-2');
    expect(source.counts()).toEqual({ identities: 2, evictions: 2 });
    expect(await ask('ann')).toBe('ann-1');
    expect(await ask('eve')).toBe('eve-2');
  });

  it('never forgets one with a renewal under way, nor several', async () => {
    const { ask, askAll, asked, hold, source } = identities(1);
    const gates = ['ann', 'bob'].map(hold);
    const first = [ask('ann'), ask('bob')];
    await settled();
    await askAll('eve', 'dan');
    expect(source.counts()).toEqual({ identities: 3, evictions: 1 });
    const second = [ask('ann'), ask('bob')];
    await settled();
    for (const gate of gates) gate.resolve();
    expect(await Promise.all([...first, ...second])).toEqual(['ann-1', 'bob-1', 'ann-1', 'bob-1']);
    expect(asked).toEqual(['ann', 'bob', 'eve', 'dan']);
  });

  it('comes back to max once the renewals that were under way have ended', async () => {
    const { ask, hold, source } = identities(2);
    const users = ['ann', 'bob', 'eve', 'dan', 'ida'];
    const gates = users.map(hold);
    const asking = users.map(ask);
    await settled();
    expect(source.counts()).toEqual({ identities: 5, evictions: 0 });
    for (const gate of gates) gate.resolve();
    await Promise.all(asking);
    await ask('ida');
    expect(source.counts()).toEqual({ identities: 2, evictions: 3 });
    expect(await ask('dan')).toBe('dan-1');
  });

  it('does not forget one that is renewed in the background, or again after a failure', async () => {
    const { ask, askAll, asked, clock, hold, source } = identities(1);
    await ask('ann');
    const refusal = hold('ann');
    clock.pass(3_500_000);
    const failing = ask('ann');
    await settled();
    refusal.reject(new TokenRequestError('refused', { response: { status: 400 } }));
    expect(await failing).toBe('ann-1');
    await settled();
    clock.pass(60_000);
    const gate = hold('ann');
    expect(await ask('ann')).toBe('ann-1');
    await askAll('bob');
    expect(source.counts().evictions).toBe(0);
    gate.resolve();
    await settled();
    expect(await ask('ann')).toBe('ann-3');
    expect(asked).toEqual(['ann', 'ann', 'ann', 'bob']);
  });

  it('does not forget one while somebody waits for its next assertion: the pause it is in would be forgotten too', async () => {
    const clock = manualClock();
    const asked: string[] = [];
    let give = (_input: { digest: string }) => {};
    const prepare = (context: RequestContext | undefined): Promise<{ digest: string }> =>
      context?.inbound.user === 'amy' ? new Promise((resolve) => (give = resolve)) : Promise.resolve({ digest: 'x' });
    const source = perIdentity({
      name: 'billing',
      identify: async (context) => ({ key: context?.inbound.user, verified: true }),
      max: 1,
      clock,
      admit() {},
      make: (key) =>
        keep(
          {
            prepare,
            async token() {
              asked.push(key);
              throw new TokenRequestError('answered 400', { response: { status: 400 } });
            },
          },
          { name: 'billing', clock, renewBefore: { fraction: 0.25 }, deadline: 10_000 },
        ),
    });
    const ask = (user: string) => source.token({ context: contextOf(user) }).catch(() => undefined);
    const first = ask('amy');
    await settled();
    give({ digest: 'amy-1' });
    await first;
    const second = ask('amy');
    await settled();
    const giveSecond = give;
    await ask('bob');
    const third = ask('amy');
    await settled();
    give({ digest: 'amy-1' });
    giveSecond({ digest: 'amy-1' });
    await Promise.all([second, third]);
    expect(asked).toEqual(['amy', 'bob']);
  });

  it('tells only the identity whose token was refused', async () => {
    const { ask, asked, source, clock } = identities(10);
    const [ann] = await Promise.all([ask('ann'), ask('bob')]);
    clock.pass(5_000);
    const renewed = await source.token({ context: contextOf('ann'), refused: ann });
    expect(renewed.value).toBe('ann-2');
    expect((await source.token({ context: contextOf('bob'), refused: ann })).value).toBe('bob-1');
    expect(asked).toEqual(['ann', 'bob', 'ann']);
  });

  it('fails for one identity and pauses it alone', async () => {
    const { ask, hold } = identities(10);
    const gate = hold('ann');
    const failing = ask('ann');
    await settled();
    gate.reject(new TokenRequestError('refused', { response: { status: 400 } }));
    await expect(failing).rejects.toThrow('refused');
    await expect(ask('ann')).rejects.toThrow('refused');
    expect(await ask('bob')).toBe('bob-1');
  });

  it('asks nobody when the context gives no identity', async () => {
    const error = new NoTokenError('no', { statusCode: 502 });
    const { asked, ask, source } = identities(10, () => Promise.reject(error));
    await expect(ask('ann')).rejects.toBe(error);
    expect(asked).toEqual([]);
    expect(source.counts()).toEqual({ identities: 0, evictions: 0 });
  });

  it('lets a caller that aborts leave at once while its identity is being made out', async () => {
    const { asked, source } = identities(10, () => new Promise(() => {}));
    const controller = new AbortController();
    const leaving = source.token({ signal: controller.signal });
    controller.abort(new Error('gone'));
    await expect(leaving).rejects.toThrow('gone');
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('does not evaluate the context for a caller that has gone', async () => {
    const identify = jest.fn(async () => ({ key: 'ann', verified: true }));
    const { source } = identities(10, identify);
    await expect(source.token({ signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
    expect(identify).not.toHaveBeenCalled();
  });

  it('close() ends renewals under way and starts none, for known and new identities', async () => {
    const { ask, asked, hold, source } = identities(10);
    hold('ann');
    const waiting = ask('ann');
    await settled();
    source.close();
    for (const failing of [waiting, ask('ann'), ask('bob')]) {
      await expect(failing).rejects.toMatchObject({ code: 'ERR_OAUTH2_CLOSED' });
    }
    expect(asked).toEqual(['ann']);
  });
});

interface PromiseWithResolvers {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

function withResolvers(): PromiseWithResolvers {
  let resolve!: () => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<void>((give, refuse) => {
    resolve = give;
    reject = refuse;
  });
  return { promise, resolve, reject };
}

function userOf(context: RequestContext | undefined): string {
  return String(context?.inbound.user);
}

/** Lets everything go on that waits for nothing but its turn. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
