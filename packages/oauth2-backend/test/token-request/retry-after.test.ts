import { describe, expect, it } from '@jest/globals';
import { TokenRequestError } from 'oauth2-backend';
import { parseRetryAfter, retryAfterOf } from '../../src/token-request/retry-after.js';

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
  it('gives what the error was made with, unseen by those who enumerate it, and nothing where there was nothing', () => {
    const error = new TokenRequestError('x', { retryAfter: 5 });
    expect(retryAfterOf(error)).toBe(5);
    expect(Object.keys(error)).not.toContain('retryAfter');
    expect(retryAfterOf(new TokenRequestError('x'))).toBeUndefined();
    expect(retryAfterOf('no error')).toBeUndefined();
  });
});
