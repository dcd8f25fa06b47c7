import { describe, expect, it } from '@jest/globals';
import { parseRetryAfter, retryAfterOf, setRetryAfter } from '../../src/token-request/retry-after.js';

const NOW = Date.UTC(2026, 0, 1);

describe('parseRetryAfter(field, now)', () => {
  it.each<[string | readonly string[] | undefined, number | undefined]>([
    ['120', 120_000],
    [' 0 ', 0],
    [['7', '9'], 7_000],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [[], undefined],
    [undefined, undefined],
  ])('%j', (field, expected) => {
    expect(parseRetryAfter(field, NOW)).toBe(expected);
  });
});

describe('retryAfterOf(error)', () => {
  it('gives what was noted, and nothing where nothing was', () => {
    expect(retryAfterOf(setRetryAfter(new Error('x'), 5))).toBe(5);
    expect(retryAfterOf(setRetryAfter(new Error('x'), undefined))).toBeUndefined();
    expect(retryAfterOf('no error')).toBeUndefined();
  });
});
