import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TokenRequestError } from '../../src/errors.js';
import { feedbackOf } from '../../src/sources/feedback.js';
import { accepted } from './accepted.js';
import { keeping } from './keeping.js';

const HOUR = 3_600_000;
const NOT_REPEATED = { status: 401, repeatable: false, mayWait: true, mayRenew: false, once: {} };
const refusedByServer = () => new TokenRequestError('answered 400', { response: { status: 400 } });

beforeEach(() => void jest.spyOn(Math, 'random').mockReturnValue(0));
afterEach(() => void jest.restoreAllMocks());

describe('keep(source).token({ refused })', () => {
  it('renews once for 500 parallel refusals; late ones cost nothing', async () => {
    const { source, kept, events } = keeping();
    const { value } = await accepted(kept.token());
    const held = source.hold();
    const callers = Array.from({ length: 500 }, () => kept.token({ refused: value }));
    held.answer();
    expect(new Set((await Promise.all(callers)).map((token) => token.value))).toEqual(new Set(['token-2']));
    expect(source.queries).toHaveLength(2);
    expect(source.queries[1]?.refused).toBe('token-1');
    for (let index = 0; index < 100; index++) {
      expect((await kept.token({ refused: value })).value).toBe('token-2');
    }
    expect(source.queries).toHaveLength(2);
    expect(events.map(({ type }) => type)).toEqual(['renewed', 'refused', 'renewed']);
  });

  it('takes the refused token from everybody until a newer one is there', async () => {
    const { source, kept } = keeping();
    const { value } = await accepted(kept.token());
    const held = source.hold();
    const first = kept.token({ refused: value });
    expect(kept.current()).toBeUndefined();
    const other = kept.token();
    held.answer();
    expect((await first).value).toBe('token-2');
    expect((await other).value).toBe('token-2');
    expect(source.queries).toHaveLength(2);
  });

  it('names the refused token to the source although it is not known here any more: others may still have it', async () => {
    const { source, kept, events } = keeping();
    await kept.token({ refused: 'of-one-that-was-evicted' });
    expect(source.queries[0]?.refused).toBe('of-one-that-was-evicted');
    expect(events).toMatchObject([{ type: 'renewed', forced: true }]);
  });

  it('forgets the refused token for one that is not kept', async () => {
    const { source, kept } = keeping();
    const { value } = await accepted(kept.token());
    source.give = () => source.make(0);
    expect((await kept.token({ refused: value })).value).toBe('token-2');
    for (let count = 3; count < 20; count++) expect((await kept.token()).value).toBe(`token-${count}`);
  });

  it('uses a renewal that brings the same value', async () => {
    const { source, kept } = keeping();
    const token = await accepted(kept.token());
    source.give = () => ({ ...token });
    const again = await kept.token({ refused: token.value });
    expect(again).not.toBe(token);
    expect(again.value).toBe(token.value);
    expect(kept.current()).toBe(again);
  });

  it('fails for the caller that saw the refusal; others use the unexpired token during the pause', async () => {
    const { clock, source, kept } = keeping();
    const token = await accepted(kept.token());
    source.give = () => Promise.reject(refusedByServer());
    await expect(kept.token({ refused: token.value })).rejects.toThrow('answered 400');
    expect(await kept.token()).toBe(token);
    expect(await kept.token({ refused: 'an older one' })).toBe(token);
    await expect(kept.token({ refused: token.value })).rejects.toThrow('answered 400');
    expect(source.queries).toHaveLength(2);
    clock.pass(5_000);
    source.give = () => source.make();
    expect((await kept.token()).value).toBe('token-2');
    expect(source.queries[2]?.refused).toBe('token-1');
  });

  it('counts the renewal after the pause as forced', async () => {
    const { clock, source, kept } = keeping();
    const token = await accepted(kept.token());
    source.give = () => Promise.reject(refusedByServer());
    await kept.token({ refused: token.value }).catch(() => {});
    for (const pause of [5_000, 10_000, 20_000, 30_000]) {
      clock.pass(pause);
      await kept.token();
    }
    // One failed, four after pauses; 65 s have earned five more.
    expect(source.queries).toHaveLength(6);
    clock.pass(HOUR);
    await expect(kept.token()).rejects.toThrow('answered 400');
  });

  it('gives the same object when the budget is spent: 5 accepted tokens in a burst, then one each 12 s', async () => {
    const { clock, source, kept } = keeping();
    let token = await accepted(kept.token());
    const renewed = async () => {
      // The first time it is to be tried as it is.
      const asItIs = await kept.token({ refused: token.value });
      const next = asItIs === token ? await kept.token({ refused: token.value }) : asItIs;
      if (next === token) return false;
      token = await accepted(next);
      return true;
    };
    for (let index = 0; index < 5; index++) expect(await renewed()).toBe(true);
    for (let index = 0; index < 3; index++) {
      expect(await renewed()).toBe(false);
      clock.pass(index === 0 ? 11_999 : 11_998);
      expect(await renewed()).toBe(false);
      clock.pass(1);
      expect(await renewed()).toBe(true);
      clock.pass(1);
    }
    expect(source.queries).toHaveLength(9);
  });

  it('doubles the distance while no token is accepted: 12 s to 10 min, without a burst', async () => {
    const { clock, source, kept } = keeping();
    const at: number[] = [];
    for (let second = 0; second < 2_400; second++) {
      const { length } = source.queries;
      const { value } = await kept.token();
      await kept.token({ refused: value });
      if (source.queries.length > length) at.push(second);
      clock.pass(1_000);
    }
    expect(at).toEqual([0, 5, 17, 41, 89, 185, 377, 761, 1_361, 1_961]);
  });

  it('ends the doubling with a token that is accepted', async () => {
    const { clock, source, kept } = keeping();
    for (let second = 0; second < 60; second++) {
      const { value } = await kept.token();
      await kept.token({ refused: value });
      clock.pass(1_000);
    }
    expect(source.queries).toHaveLength(4);
    for (let count = 5; count < 7; count++) {
      const { value } = await accepted(kept.token());
      await kept.token({ refused: value });
      await kept.token({ refused: value });
      expect(source.queries).toHaveLength(count);
    }
  });

  it('has nothing to do with renewals that are due anyway', async () => {
    const { clock, source, kept } = keeping();
    const { value } = await kept.token();
    clock.pass(5_000);
    await kept.token({ refused: value });
    const token = await kept.token();
    clock.pass(5_000);
    expect(await kept.token({ refused: token.value })).toBe(token);
    clock.pass(HOUR);
    expect((await kept.token()).value).toBe('token-3');
    expect(source.queries).toHaveLength(3);
  });
});

describe('feedbackOf(token)', () => {
  it('onRefused() takes the token from the next caller, though the call is not repeated; of an older token it changes nothing', async () => {
    const { source, kept } = keeping();
    const first = await accepted(kept.token());
    feedbackOf(first)?.onRefused(NOT_REPEATED);
    expect(kept.current()).toBeUndefined();
    const second = await kept.token();
    expect(second.value).toBe('token-2');
    feedbackOf(first)?.onRefused(NOT_REPEATED);
    expect(kept.current()).toBe(second);
    expect(source.queries).toHaveLength(2);
  });

  it('joins a refusal to the background renewal under way', async () => {
    const { clock, source, kept } = keeping();
    const { value } = await accepted(kept.token());
    clock.pass(HOUR * 0.8);
    const held = source.hold();
    await kept.token();
    const refused = kept.token({ refused: value });
    await turn();
    held.answer();
    expect((await refused).value).toBe('token-2');
    expect(source.queries).toHaveLength(2);
  });

  it('is silent about tokens that nobody keeps', () => {
    expect(feedbackOf({ value: 'x', type: 'Bearer', issuedAt: 0, expiresAt: 1 })).toBeUndefined();
  });
});
