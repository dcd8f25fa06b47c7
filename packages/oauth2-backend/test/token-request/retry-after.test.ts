import { describe, expect, it } from '@jest/globals';
import { TokenRequestError } from 'oauth2-backend';
import { retryAfterOf, retryDelay } from '../../src/token-request/retry-after.js';

const NOW = Date.UTC(2026, 0, 1);
const SECONDS = NOW / 1000;

describe('retryDelay(headers, status, now)', () => {
  it.each<[string | readonly string[] | undefined, number | undefined]>([
    ['120', 120_000],
    [' 0 ', 0],
    ['29.7', 29_700],
    ['12.5', 12_500],
    ['30.0', 30_000],
    [['7', '9'], 7_000],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ['Thursday, 01-Jan-26 00:01:00 GMT', 60_000],
    ['Thu Jan  1 00:01:00 2026', 60_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', undefined],
    ['2026-01-01T00:01:00Z', undefined],
    ['Thu, 01 Foo 2026 00:01:00 GMT', undefined],
    ['12.5.1', undefined],
    ['-5', undefined],
    ['1e3', undefined],
    ['5 minutes', undefined],
    ['', undefined],
    [[], undefined],
    [undefined, undefined],
  ])('Retry-After %j', (field, expected) => {
    expect(retryDelay({ 'retry-after': field }, 503, NOW)).toBe(expected);
  });

  it.each<[string, string, number | undefined]>([
    ['ratelimit-reset', '30', 30_000],
    ['x-ratelimit-reset', '1.5', 1_500],
    ['x-rate-limit-reset', String(SECONDS + 45), 45_000],
    ['x-rate-limit-reset', String(NOW + 45_000), 45_000],
    ['x-rate-limit-reset', String(SECONDS - 1), undefined],
    ['x-rate-limit-reset', String(NOW - 1), undefined],
    ['ratelimit-reset', '0', undefined],
    ['ratelimit-reset', 'junk', undefined],
  ])('%s: %s on a 429 without Retry-After', (name, field, expected) => {
    expect(retryDelay({ [name]: field }, 429, NOW)).toBe(expected);
    expect(retryDelay({ [name]: field }, 503, NOW)).toBeUndefined();
    expect(retryDelay({ [name]: field, 'retry-after': '1' }, 429, NOW)).toBe(1_000);
  });

  it('takes the first reset that can be read', () => {
    const headers = { 'ratelimit-reset': 'junk', 'x-ratelimit-reset': '7', 'x-rate-limit-reset': '9' };
    expect(retryDelay(headers, 429, NOW)).toBe(7_000);
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
