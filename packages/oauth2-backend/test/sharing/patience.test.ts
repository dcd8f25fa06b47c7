import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { startPatience } from '../../src/sharing/leadership.js';

afterEach(() => void jest.restoreAllMocks());

/** The process's own time, from 0 on. */
function ownTime() {
  const time = { now: 0 };
  jest.spyOn(performance, 'now').mockImplementation(() => time.now);
  return time;
}

describe('startPatience(deadline)', () => {
  it('lasts half of the deadline for one leader', () => {
    const time = ownTime();
    const patience = startPatience(10_000);
    expect(patience.left()).toBe(5_000);
    time.now = 4_999;
    expect(patience.over()).toBe(false);
    time.now = 5_000;
    expect([patience.over(), patience.left()]).toEqual([true, 0]);
    time.now = 6_000;
    expect([patience.over(), patience.left()]).toEqual([true, 0]);
  });

  it('begins anew with another leader, up to three quarters of the deadline for all of them', () => {
    const time = ownTime();
    const patience = startPatience(10_000);
    time.now = 2_000;
    const second = patience.renewed();
    expect([patience.left(), second.left()]).toEqual([3_000, 5_000]);
    time.now = 6_000;
    const third = second.renewed();
    expect(third.left()).toBe(1_500);
    time.now = 7_500;
    expect(third.renewed().over()).toBe(true);
  });

  it('has an end where a renewal has none', () => {
    ownTime();
    expect(startPatience(Number.POSITIVE_INFINITY).left()).toBe(15_000);
  });
});
