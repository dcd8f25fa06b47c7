import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { identities } from '../../src/sources/identities.js';
import type { KeptSource } from '../../src/sources/kept-source.js';
import { manualClock } from './manual-clock.js';

type State = ReturnType<KeptSource['state']>;

/** Identities whose state the test says: none unless it has got a token, which then lives as long as given. */
function known(max: number, admit = () => {}) {
  const clock = manualClock();
  const made: string[] = [];
  const abandoned: string[] = [];
  const states = new Map<string, Partial<State>>();
  /** Those who have no pause to wait for. */
  const asking = new Set<string>();
  const all = identities({
    name: 'billing',
    max,
    clock,
    admit,
    make(key) {
      made.push(key);
      const state = (): State => ({ state: 'none', last: undefined, ...states.get(key) });
      const renewals = {
        renewing: () => state().state === 'renewing',
        wouldAsk: () => asking.has(key),
        abandon: () => void abandoned.push(key),
      };
      const token = { value: key, type: 'Bearer' as const, issuedAt: 0, expiresAt: 0 };
      const current = () => (states.get(key)?.state === 'fresh' ? token : undefined);
      return { state, renewals, close() {}, current, token: fail, ready: fail };
    },
  });
  return {
    clock,
    states,
    asking,
    abandoned,
    all,
    made: (key: string) => made.filter((each) => each === key).length,
    /** Comes and goes without a token. */
    visit: (key: string, verified = false) => all.leave(all.enter({ key, verified })),
    /** Comes, and gets a token that lives so long. */
    login(key: string, life = 3_600_000) {
      const identity = all.enter({ key });
      states.set(key, { state: 'fresh', expiresAt: clock.now() + life });
      all.gotToken(identity);
      all.leave(identity);
    },
  };
}

async function fail(): Promise<never> {
  throw new Error('not asked here');
}

const times = (count: number, act: (index: number) => void) => Array.from({ length: count }, (_, i) => act(i));

describe('identities(options)', () => {
  it('lets those without a token push out each other, and nobody who has one', () => {
    const { all, login, made, visit } = known(10);
    times(10, (index) => login(`user-${index}`));
    times(1_000, (index) => visit(`garbage-${index}`));
    times(10, (index) => visit(`user-${index}`));
    expect(Array.from({ length: 10 }, (_, index) => made(`user-${index}`))).toEqual(Array(10).fill(1));
    expect([all.size(), all.evictions()]).toEqual([11, 999]);
  });

  it.each([
    [1, 1],
    [10, 1],
    [19, 1],
    [20, 2],
    [10_000, 1_000],
  ])('of %d turns away the next stranger while %d wait', (max, most) => {
    const { all, visit } = known(max);
    const waiting = Array.from({ length: most }, (_, index) => all.enter({ key: `made-up-${index}` }));
    expect(() => all.enter({ key: 'next' })).toThrow('too many identities without a token');
    expect(all.enter({ key: 'made-up-0' })).toBe(waiting[0]);
    for (const identity of [...waiting, ...waiting.slice(0, 1)]) all.leave(identity);
    expect(() => visit('next')).not.toThrow();
    expect(all.size()).toBe(most);
  });

  it('turns away nobody whom the application has verified', () => {
    const { all } = known(10);
    all.enter({ key: 'made-up' });
    times(10, (index) => all.enter({ key: `verified-${index}`, verified: true }));
    expect(all.size()).toBe(11);
  });

  describe('while a renewal goes on for which nobody waits any more', () => {
    beforeEach(() => void jest.useFakeTimers({ doNotFake: ['performance'] }));
    afterEach(() => void jest.useRealTimers());

    function left(max = 100) {
      const world = known(max);
      const stranger = { key: 'made-up' };
      const callers = [world.all.enter(stranger), world.all.enter(stranger)] as const;
      world.states.set('made-up', { state: 'renewing' });
      world.all.leave(callers[0]);
      jest.advanceTimersByTime(1_000);
      expect(world.abandoned).toEqual([]);
      world.all.leave(callers[1]);
      return world;
    }

    it('abandon it after a second, where it is a stranger', () => {
      const { abandoned, states, visit } = left();
      visit('verified', true);
      states.set('verified', { state: 'renewing' });
      visit('verified', true);
      jest.advanceTimersByTime(999);
      expect(abandoned).toEqual([]);
      jest.advanceTimersByTime(1_000);
      expect(abandoned).toEqual(['made-up']);
    });

    it('abandon it at once where another stranger needs the room', () => {
      const { all, abandoned } = left(10);
      all.enter({ key: 'next' });
      expect(abandoned).toEqual(['made-up']);
      expect([all.size(), all.evictions()]).toEqual([1, 1]);
    });

    it.each(['a second', 'another stranger'])('keep the token that came of it: %s', (what) => {
      const { all, abandoned, states, made, visit } = left(10);
      states.set('made-up', { state: 'fresh' });
      if (what === 'a second') jest.advanceTimersByTime(1_000);
      visit('next');
      visit('made-up');
      expect([made('made-up'), all.size(), all.evictions(), abandoned]).toEqual([1, 2, 0, []]);
    });

    it('do not abandon it for a caller that came back', () => {
      const { all, abandoned } = left();
      all.enter({ key: 'made-up' });
      jest.advanceTimersByTime(10_000);
      expect(abandoned).toEqual([]);
    });
  });

  it('lets the least recently used go where all have one', () => {
    const { login, made, visit } = known(3);
    for (const user of ['ann', 'bob', 'cid']) login(user);
    visit('ann');
    login('dan');
    for (const user of ['ann', 'cid', 'dan']) visit(user);
    expect(['ann', 'bob', 'cid', 'dan'].map(made)).toEqual([1, 1, 1, 1]);
    visit('bob');
    expect(made('bob')).toBe(2);
  });

  it('drops on the way of other calls who was idle for five minutes and whose token has ended', () => {
    const { clock, all, login, visit } = known(1_000);
    times(100, (index) => login(`short-${index}`, 60_000));
    times(100, (index) => login(`long-${index}`));
    times(99, (index) => visit(`refused-${index}`));
    clock.pass(299_999);
    times(400, () => visit('ann'));
    expect(all.size()).toBe(300);
    clock.pass(1);
    times(400, () => visit('ann'));
    expect(all.size()).toBe(101);
    clock.pass(3_600_000);
    times(400, () => visit('ann'));
    expect([all.size(), all.evictions()]).toEqual([1, 0]);
  });

  it('does not drop who waits, or whose token is on its way', () => {
    const { clock, all, states, visit } = known(1_000);
    all.enter({ key: 'waiting' });
    visit('renewing', true);
    states.set('renewing', { state: 'renewing' });
    clock.pass(600_000);
    times(10, () => visit('ann'));
    expect(all.size()).toBe(3);
  });

  it('asks for admission of those who are not known, and of strangers who would ask again', () => {
    let asked = 0;
    let full = false;
    const { all, asking, login, visit } = known(100, () => {
      asked += 1;
      if (full) throw new Error('full');
    });
    login('ann');
    visit('bob');
    full = true;
    visit('ann');
    visit('bob');
    expect(() => visit('cid')).toThrow('full');
    expect([asked, all.size()]).toEqual([3, 2]);
    asking.add('bob').add('ann');
    visit('ann');
    expect(() => visit('bob')).toThrow('full');
    expect(asked).toBe(4);
  });
});
