import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { StoreEvent } from '../../src/sharing/guarded-store.js';
import type { SealedRecords } from '../../src/sharing/sealed-records.js';
import { sharedSource } from '../../src/sharing/shared-source.js';
import type { StoredToken } from '../../src/sharing/stored-token.js';
import type { RefreshMemory } from '../../src/token-request/grant-source.js';
import { manualClock } from '../sources/manual-clock.js';
import { scriptedSource } from '../sources/scripted-source.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** One member of a fleet whose records the test reads and writes; whoever asks for the lease gets it, unless the test names others. */
function member(deadline = 10_000) {
  const clock = manualClock();
  const source = scriptedSource(clock);
  const fleet = {
    records: [] as StoredToken[],
    leaders: [] as string[],
    looks: 0,
    ttls: [] as number[],
    reports: [] as StoreEvent[],
  };
  const records: SealedRecords = {
    async read() {
      fleet.looks += 1;
      return fleet.records;
    },
    async write(stored, { ttl }) {
      fleet.records = [stored];
      fleet.ttls.push(ttl);
      return true;
    },
    lease: async ({ fence }) => fleet.leaders.shift() ?? fence,
    release: async () => {},
    timeout: 1_000,
    tooSlow() {},
    writing() {},
    report: (event) => fleet.reports.push(event),
  };
  const refresh: RefreshMemory = { current: undefined };
  const shared = sharedSource(source, { records, refresh, clock, deadline });
  /** Somebody else's token, so much newer or older than now. */
  const others = (later: number, life = HOUR): StoredToken => ({
    token: source.make(life),
    order: clock.now() + later,
  });
  const found = async () => (await shared.found?.({}))?.value;
  return { clock, source, fleet, refresh, shared, others, found };
}

describe('sharedSource(source, options).found()', () => {
  it('gives what others have got once: then it has it too', async () => {
    const { fleet, others, found } = member();
    fleet.records = [others(0)];
    expect([await found(), await found()]).toEqual(['token-1', undefined]);
  });

  it('never gives an older one than it has had, however often it looks', async () => {
    const { fleet, shared, others, found } = member();
    await shared.token();
    fleet.records = [others(-1)];
    expect([await found(), await found()]).toEqual([undefined, undefined]);
  });

  it('reports an older one where the fleet has had the newer', async () => {
    const { fleet, others, found } = member();
    fleet.records = [others(0)];
    await found();
    fleet.records = [others(-1)];
    await found();
    expect(fleet.reports).toEqual([{ type: 'record', reason: 'replayed' }]);
  });

  it.each([
    ['that is over in a tenth of its life', 5 * 60_000, 30_000, undefined],
    ['before that', 5 * 60_000, 30_001, 'token-1'],
    ['a day after its issue', 2 * DAY, DAY, undefined],
    ['a millisecond before that', 2 * DAY, DAY + 1, 'token-1'],
  ])('of a token %s', async (_, life, left, expected) => {
    const { clock, fleet, others, found } = member();
    fleet.records = [others(0, life)];
    clock.pass(life - left);
    expect(await found()).toBe(expected);
  });
});

describe('sharedSource(source, options).token()', () => {
  const afterwards = () => new Promise((resolve) => setImmediate(resolve));

  it('writes what it has asked for until its end, an hour from now', async () => {
    const { clock, fleet, shared } = member();
    await shared.token();
    await afterwards();
    expect(fleet.records).toMatchObject([{ token: { value: 'token-1' }, order: clock.now() }]);
    expect(fleet.ttls).toEqual([HOUR]);
  });

  it('writes a day longer what has a refresh token, and a day at the most what has none', async () => {
    const { source, fleet, refresh, shared } = member();
    source.give = () => {
      refresh.current = { value: 'r1', scope: undefined };
      return source.make();
    };
    await shared.token();
    await afterwards();
    source.give = () => {
      refresh.current = undefined;
      return source.make(2 * DAY);
    };
    await shared.token({ refused: 'token-1' });
    await afterwards();
    expect(fleet.ttls).toEqual([DAY + HOUR, DAY]);
  });

  it('gives each an order of its own, though the clock stands still or an other clock is ahead', async () => {
    const { clock, fleet, shared, others } = member();
    fleet.records = [others(5_000, 0)];
    await shared.token();
    await afterwards();
    expect(fleet.records[0]?.order).toBe(clock.now() + 5_001);
  });

  it.each([
    ['when the fourth begins, as three have had no success', 'abcdefgh', 'efgh'],
    ['not while one of three begins again', 'abcabcabc', ''],
  ])('asks though others do: %s', async (_, leaders, left) => {
    const { source, fleet, shared } = member();
    fleet.leaders = leaders.split('');
    expect(await shared.token()).toMatchObject({ value: 'token-1' });
    expect(source.queries).toHaveLength(1);
    expect(fleet.leaders.join('')).toBe(left);
  });

  it('takes what others bring, should that be first, and looks no more', async () => {
    const { source, fleet, shared, others } = member();
    fleet.leaders = 'abcd'.split('');
    const held = source.hold();
    const asking = shared.token();
    while (source.queries.length === 0) await delay(5);
    const brought = others(0);
    fleet.records = [brought];
    expect(await asking).toBe(brought.token);
    held.answer();
    const { looks } = fleet;
    await delay(120);
    expect(fleet.looks).toBe(looks);
  });
});
