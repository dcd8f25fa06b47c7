import { describe, expect, it } from '@jest/globals';
import { identities } from '../../src/sources/identities.js';
import type { KeptSource } from '../../src/sources/kept-source.js';
import { manualClock } from './manual-clock.js';

type State = ReturnType<KeptSource['state']>;

/** Identities whose state the test says: none unless it has got a token, which then lives as long as given. */
function known(max: number, admit = () => {}) {
  const clock = manualClock();
  const made: string[] = [];
  const states = new Map<string, Partial<State>>();
  const all = identities({
    max,
    clock,
    admit,
    make(key) {
      made.push(key);
      const state = (): State => ({ state: 'none', last: undefined, ...states.get(key) });
      return { state, close() {}, current: () => undefined, token: fail, ready: fail };
    },
  });
  return {
    clock,
    states,
    all,
    made: (key: string) => made.filter((each) => each === key).length,
    /** It comes, and gets a token that lives so long. */
    login(key: string, life = 3_600_000) {
      all.use(key);
      states.set(key, { state: 'fresh', expiresAt: clock.now() + life });
      all.gotToken(key);
    },
  };
}

async function fail(): Promise<never> {
  throw new Error('not asked here');
}

const times = (count: number, act: (index: number) => void) => Array.from({ length: count }, (_, i) => act(i));

describe('identities(options)', () => {
  it('lets those without a token go first, though they came later', () => {
    const { all, login, made } = known(10);
    times(8, (index) => login(`user-${index}`));
    times(1_000, (index) => all.use(`garbage-${index}`));
    times(8, (index) => all.use(`user-${index}`));
    expect(Array.from({ length: 8 }, (_, index) => made(`user-${index}`))).toEqual(Array(8).fill(1));
    expect([all.size(), all.evictions()]).toEqual([10, 998]);
  });

  it('lets the least recently used go where all have one', () => {
    const { all, login, made } = known(3);
    for (const user of ['ann', 'bob', 'cid']) login(user);
    all.use('ann');
    login('dan');
    for (const user of ['ann', 'cid', 'dan']) all.use(user);
    expect(['ann', 'bob', 'cid', 'dan'].map(made)).toEqual([1, 1, 1, 1]);
    all.use('bob');
    expect(made('bob')).toBe(2);
  });

  it('drops on the way of other calls who was idle for five minutes and whose token has ended', () => {
    const { clock, all, login } = known(1_000);
    times(100, (index) => login(`short-${index}`, 60_000));
    times(100, (index) => login(`long-${index}`));
    times(100, (index) => all.use(`refused-${index}`));
    clock.pass(299_999);
    times(400, () => all.use('ann'));
    expect(all.size()).toBe(301);
    clock.pass(1);
    times(400, () => all.use('ann'));
    expect(all.size()).toBe(101);
    clock.pass(3_600_000);
    times(400, () => all.use('ann'));
    expect([all.size(), all.evictions()]).toEqual([1, 0]);
  });

  it('does not drop who waits, or whose token is on its way', () => {
    const { clock, all, states } = known(1_000);
    all.use('waiting').callers += 1;
    all.use('renewing');
    states.set('renewing', { state: 'renewing' });
    clock.pass(600_000);
    times(10, () => all.use('ann'));
    expect(all.size()).toBe(3);
  });

  it('asks for admission of those only who are not known', () => {
    let asked = 0;
    let full = false;
    const { all, login } = known(10, () => {
      asked += 1;
      if (full) throw new Error('full');
    });
    login('ann');
    all.use('bob');
    full = true;
    all.use('ann');
    all.use('bob');
    expect(() => all.use('cid')).toThrow('full');
    expect([asked, all.size()]).toEqual([3, 2]);
  });
});
