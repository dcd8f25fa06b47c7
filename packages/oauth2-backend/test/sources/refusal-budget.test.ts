import { describe, expect, it, jest } from '@jest/globals';
import { refusalBudget } from '../../src/sources/refusal-budget.js';
import { manualClock } from './manual-clock.js';

function spent() {
  const clock = manualClock();
  const budget = refusalBudget(clock);
  for (let index = 0; index < 5; index++) expect(budget.take()).toBe(true);
  expect(budget.take()).toBe(false);
  return { clock, budget };
}

describe('refusalBudget(clock)', () => {
  it('earns one each 12 s, at most 5, while repeats are not judged', () => {
    const { clock, budget } = spent();
    for (let index = 0; index < 3; index++) {
      clock.tick(11_999);
      expect(budget.take()).toBe(false);
      clock.tick(1);
      expect(budget.take()).toBe(true);
    }
    clock.tick(3_600_000);
    for (let index = 0; index < 5; index++) expect(budget.take()).toBe(true);
    expect(budget.take()).toBe(false);
  });

  it('doubles the distance to 10 min, once for each renewal however many repeats it served', () => {
    const { clock, budget } = spent();
    for (const distance of [12, 24, 48, 96, 192, 384, 600, 600]) {
      clock.tick(distance * 1000 - 1);
      expect(budget.take()).toBe(false);
      clock.tick(1);
      expect(budget.take()).toBe(true);
      for (let index = 0; index < 3; index++) budget.refusedAgain();
    }
  });

  it('does not go by the wall clock', () => {
    const { clock, budget } = spent();
    clock.jump(3_600_000);
    expect(budget.take()).toBe(false);
  });

  it('is whole again, at the first distance, after a repeat that was answered', () => {
    const { clock, budget } = spent();
    clock.tick(12_000);
    budget.take();
    budget.refusedAgain();
    budget.accepted();
    for (let index = 0; index < 5; index++) expect(budget.take()).toBe(true);
    expect(budget.take()).toBe(false);
    clock.tick(12_000);
    expect(budget.take()).toBe(true);
  });

  it('tells once that it is spent, and again when it was whole in between', () => {
    const clock = manualClock();
    const onSpent = jest.fn();
    const budget = refusalBudget(clock, onSpent);
    const spend = () => {
      while (budget.take());
      budget.take();
    };
    for (let index = 0; index < 5; index++) budget.take();
    expect(onSpent).not.toHaveBeenCalled();
    spend();
    expect(onSpent).toHaveBeenCalledTimes(1);
    clock.tick(12_000);
    spend();
    expect(onSpent).toHaveBeenCalledTimes(1);
    clock.tick(60_000);
    spend();
    expect(onSpent).toHaveBeenCalledTimes(2);
    budget.accepted();
    spend();
    expect(onSpent).toHaveBeenCalledTimes(3);
  });
});
