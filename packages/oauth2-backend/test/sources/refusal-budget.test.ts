import { describe, expect, it } from '@jest/globals';
import { RefusalBudget } from '../../src/sources/refusal-budget.js';
import { manualClock } from './manual-clock.js';

function spent() {
  const clock = manualClock();
  const budget = new RefusalBudget(clock);
  for (let index = 0; index < 5; index++) expect(budget.take(true)).toBe(true);
  expect(budget.take(true)).toBe(false);
  return { clock, budget };
}

describe('new RefusalBudget(clock).take(proven)', () => {
  it('gives 5 in a burst to accepted tokens, then one each 12 s, at most 5', () => {
    const { clock, budget } = spent();
    for (let index = 0; index < 3; index++) {
      clock.tick(11_999);
      expect(budget.take(true)).toBe(false);
      clock.tick(1);
      expect(budget.take(true)).toBe(true);
    }
    clock.tick(3_600_000);
    for (let index = 0; index < 5; index++) expect(budget.take(true)).toBe(true);
    expect(budget.take(true)).toBe(false);
  });

  it('doubles the distance to 10 min for tokens that were never accepted, and gives them no burst', () => {
    const clock = manualClock();
    const budget = new RefusalBudget(clock);
    expect(budget.take(false)).toBe(true);
    for (const distance of [12, 24, 48, 96, 192, 384, 600, 600]) {
      clock.tick(distance * 1000 - 1);
      for (let index = 0; index < 3; index++) expect(budget.take(false)).toBe(false);
      clock.tick(1);
      expect(budget.take(false)).toBe(true);
    }
  });

  it('ends the doubling with an accepted one', () => {
    const clock = manualClock();
    const budget = new RefusalBudget(clock);
    for (const distance of [0, 12, 24, 48]) {
      clock.tick(distance * 1000);
      expect(budget.take(false)).toBe(true);
    }
    expect(budget.take(true)).toBe(true);
    clock.tick(12_000);
    expect(budget.take(false)).toBe(true);
  });

  it('does not go by the wall clock', () => {
    const { clock, budget } = spent();
    clock.jump(3_600_000);
    expect(budget.take(true)).toBe(false);
  });
});

describe('new RefusalBudget(clock).tells()', () => {
  it('is true once, and again when the budget was whole in between', () => {
    const { clock, budget } = spent();
    expect([budget.tells(), budget.tells()]).toEqual([true, false]);
    clock.tick(12_000);
    budget.take(true);
    budget.take(true);
    expect(budget.tells()).toBe(false);
    clock.tick(60_000);
    budget.take(true);
    expect(budget.tells()).toBe(true);
  });
});
