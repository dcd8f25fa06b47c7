import { describe, expect, it } from '@jest/globals';
import { newIdentityRate } from '../../src/sources/new-identity-rate.js';
import { manualClock } from './manual-clock.js';

function door(perSecond: number) {
  const clock = manualClock();
  let told = 0;
  const { admit } = newIdentityRate({ clock, perSecond, onFull: () => (told += 1) });
  /** How many of so many were let in. */
  const come = (count: number) => Array.from({ length: count }, admit).filter(Boolean).length;
  return { clock, come, told: () => told };
}

describe('newIdentityRate(options)', () => {
  it('lets in ten seconds of them at once, then so many a second', () => {
    const { clock, come } = door(20);
    expect(come(1_000)).toBe(200);
    clock.pass(1_000);
    expect(come(1_000)).toBe(20);
    clock.pass(50);
    expect(come(1_000)).toBe(1);
    clock.pass(3_600_000);
    expect(come(1_000)).toBe(200);
  });

  it('does not count by the wall clock', () => {
    const { clock, come } = door(1);
    expect(come(100)).toBe(10);
    clock.jump(3_600_000);
    expect(come(100)).toBe(0);
    clock.tick(2_000);
    expect(come(100)).toBe(2);
  });

  it('tells of it once, until it has been quiet', () => {
    const { clock, come, told } = door(1);
    come(10);
    expect(told()).toBe(0);
    come(10);
    clock.pass(1_000);
    come(10);
    expect(told()).toBe(1);
    clock.pass(10_000);
    come(12);
    expect(told()).toBe(2);
  });
});
