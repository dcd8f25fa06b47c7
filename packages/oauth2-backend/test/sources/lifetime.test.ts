import { describe, expect, it } from '@jest/globals';
import { lifetimeOf, reached } from '../../src/sources/lifetime.js';
import { manualClock } from './manual-clock.js';

const HOUR = 3_600_000;
const START = { wall: 1_000_000, monotonic: 500 };

function margins(life: number, renewBefore: Parameters<typeof lifetimeOf>[2], random: number) {
  const token = { value: 't', type: 'Bearer', issuedAt: START.wall, expiresAt: START.wall + life } as const;
  const { soft, hard, end } = lifetimeOf(token, START, renewBefore, random);
  return { soft: end.wall - soft.wall, hard: end.wall - hard.wall, end: end.wall - START.wall };
}

describe('lifetimeOf(token, asked, renewBefore, random)', () => {
  it.each<[string, number, Parameters<typeof lifetimeOf>[2], number, number, number]>([
    ['a quarter of an hour, no jitter', HOUR, { fraction: 0.25 }, 0, 900_000, 30_000],
    ['a quarter of an hour, full jitter', HOUR, { fraction: 0.25 }, 1, 1_260_000, 30_000],
    ['jitter ends at half of the life', HOUR, { fraction: 0.45 }, 1, 1_800_000, 30_000],
    ['a share over half is taken as it is', HOUR, { fraction: 0.9 }, 1, 3_240_000, 30_000],
    ['a duration', HOUR, { milliseconds: 120_000 }, 0.5, 144_000, 30_000],
    ['a duration over half of the life', HOUR, { milliseconds: 2 * HOUR }, 1, 1_800_000, 30_000],
    ['never later than twice the hard margin', HOUR, { milliseconds: 1_000 }, 0, 60_000, 30_000],
    ['two seconds', 2_000, { fraction: 0.25 }, 0, 500, 200],
    ['no life', 0, { fraction: 0.25 }, 1, 0, 0],
  ])('%s', (_, life, renewBefore, random, soft, hard) => {
    const got = margins(life, renewBefore, random);
    expect(got.soft).toBeCloseTo(soft, 5);
    expect(got.hard).toBeCloseTo(hard, 5);
    expect(got.end).toBe(life);
  });

  it.each([2 ** 31 * 1000, 2 ** 53 * 1000, Number.POSITIVE_INFINITY])('keeps a life of %d ms for 24 h', (life) => {
    expect(margins(life, { fraction: 0.25 }, 0)).toEqual({ soft: 6 * HOUR, hard: 30_000, end: 24 * HOUR });
  });

  it('measures the same distances on both clocks', () => {
    const token = { value: 't', type: 'Bearer', issuedAt: START.wall, expiresAt: START.wall + HOUR } as const;
    for (const phase of Object.values(lifetimeOf(token, START, { fraction: 0.25 }, 0.3))) {
      expect(phase.wall - START.wall).toBe(phase.monotonic - START.monotonic);
    }
  });
});

describe('reached(instant, clock)', () => {
  it('takes the word of either clock, and no number for over', () => {
    const clock = manualClock();
    const instant = { wall: clock.now() + 10, monotonic: clock.monotonic() + 10 };
    expect(reached(instant, clock)).toBe(false);
    clock.jump(10);
    expect(reached(instant, clock)).toBe(true);
    clock.jump(-20);
    expect(reached(instant, clock)).toBe(false);
    clock.tick(10);
    expect(reached(instant, clock)).toBe(true);
    expect(reached({ wall: Number.NaN, monotonic: Number.NaN }, clock)).toBe(true);
  });
});
