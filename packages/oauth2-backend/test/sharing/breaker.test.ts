import { describe, expect, it } from '@jest/globals';
import { breaker } from '../../src/sharing/guarded-store.js';
import { manualClock } from '../sources/manual-clock.js';

describe('breaker(clock)', () => {
  it('lets all through until a failure, then nobody for a period, then one', () => {
    const clock = manualClock();
    const gate = breaker(clock, () => 0);
    expect([gate.enter(), gate.enter()]).toEqual([true, true]);
    expect([gate.failed(), gate.failed()]).toEqual([true, false]);
    clock.pass(1_999);
    expect(gate.enter()).toBe(false);
    clock.pass(1);
    expect([gate.enter(), gate.enter()]).toEqual([true, false]);
    expect([gate.succeeded(), gate.succeeded()]).toEqual([true, false]);
    expect([gate.enter(), gate.enter()]).toEqual([true, true]);
  });

  it('waits 1, 2, 4, … 30 s while trials fail, and 1 s again after a time of work', () => {
    const clock = manualClock();
    const gate = breaker(clock, () => 0);
    const periods = [];
    for (let turn = 0; turn < 7; turn++) {
      gate.failed();
      periods.push(period());
    }
    expect(periods).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    gate.succeeded();
    clock.pass(30_001);
    gate.failed();
    expect(period()).toBe(1_000);

    function period(): number {
      for (let passed = 0; ; passed += 100) {
        if (gate.enter()) return passed;
        clock.pass(100);
      }
    }
  });

  it('goes on growing when the store works for less than the last period: a server that reads but cannot write', () => {
    const clock = manualClock();
    const gate = breaker(clock, () => 0);
    gate.failed();
    clock.pass(1_000);
    expect(gate.enter()).toBe(true);
    gate.succeeded();
    gate.failed();
    clock.pass(1_999);
    expect(gate.enter()).toBe(false);
    clock.pass(1);
    expect(gate.enter()).toBe(true);
  });
});
