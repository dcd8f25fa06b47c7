import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { startBudget } from '../../src/sharing/budget.js';
import { StoreUnavailable } from '../../src/sharing/guarded-store.js';
import { campaign, lead, leaseLength } from '../../src/sharing/leadership.js';
import type { SealedRecords } from '../../src/sharing/sealed-records.js';

const lease = { fence: 'mine', ttl: 300 };

/** Records that only tell what was asked of the lease, and give it as the test says. */
function leasing(granted: Promise<string> = Promise.resolve(lease.fence)) {
  const asked: string[] = [];
  const records: SealedRecords = {
    read: async () => [],
    write: async () => false,
    async lease() {
      asked.push('lease');
      return granted;
    },
    async release() {
      asked.push('release');
    },
    timeout: 1_000,
    tooSlow() {},
    writing() {},
    report() {},
  };
  return { asked, records };
}

describe('leaseLength(deadline)', () => {
  it.each([
    [60_000, 2_000],
    [10_000, 2_000],
    [5_000, 1_000],
    [1_001, 201],
    [250, 50],
    [100, 50],
  ])('of %d ms is %d ms', (deadline, length) => {
    expect(leaseLength(deadline)).toBe(length);
  });
});

describe('campaign(records, lease, budget)', () => {
  it.each([
    ['gives a lease back that comes too late', 'mine', ['lease', 'release']],
    ["leaves another's alone", 'theirs', ['lease']],
  ])('%s', async (_, holder, expected) => {
    let grant = (_holder: string) => {};
    const granted = new Promise<string>((resolve) => {
      grant = resolve;
    });
    const { asked, records } = leasing(granted);
    const budget = startBudget(10, () => {});
    await expect(campaign(records, lease, budget)).rejects.toBeInstanceOf(StoreUnavailable);
    expect(asked).toEqual(['lease']);
    grant(holder);
    await turn();
    expect(asked).toEqual(expected);
  });
});

describe('lead(records, lease, { work, afterwards })', () => {
  it('lengthens the lease each third of it, no more often, until what comes afterwards is done', async () => {
    const { asked, records } = leasing();
    let end = () => {};
    const afterwards = () =>
      new Promise<void>((resolve) => {
        end = resolve;
      });
    expect(await lead(records, lease, { work: () => delay(150, 'token'), afterwards })).toBe('token');
    expect(asked).toEqual(['lease']);
    await delay(100);
    expect(asked).not.toContain('release');
    end();
    await turn();
    const done = asked.length;
    expect(asked.at(-1)).toBe('release');
    await delay(150);
    expect(asked).toHaveLength(done);
  });

  it('gives the lease back when the work fails', async () => {
    const { asked, records } = leasing();
    const work = () => Promise.reject(new Error('no token'));
    await expect(lead(records, lease, { work, afterwards: async () => {} })).rejects.toThrow('no token');
    await turn();
    expect(asked).toEqual(['release']);
  });
});
