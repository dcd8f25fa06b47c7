import { describe, expect, it } from '@jest/globals';
import { median, percentile } from '../../bench/report/statistics.js';

describe('median(values)', () => {
  it('is the middle value, or the mean of the two middle ones', () => {
    expect(median([10, 9, 2])).toBe(9);
    expect(median([10, 9, 2, 1])).toBe(5.5);
  });

  it('is no number when there is none', () => {
    expect(median([])).toBeNaN();
    expect(percentile([], 0.99)).toBeNaN();
  });
});

describe('percentile(values, share)', () => {
  it('is the smallest value that so large a share does not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([0, 0.5, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([1, 50, 99, 100]);
  });
});
