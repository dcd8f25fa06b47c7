import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseDuration } from '../../src/definitions/schema/duration.js';

describe('parseDuration(text)', () => {
  it.each([
    ['0s', 0],
    ['500ms', 500],
    ['10s', 10_000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['1h1m1s1ms', 3_661_001],
    ['1m5ms', 60_005],
    ['0.1ms', 1],
    ['1.1s', 1100],
    ['576h', 2_073_600_000],
  ])('%s is %d ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each([
    '',
    '10',
    '0',
    's',
    '-1s',
    '+1s',
    '1 s',
    ' 1s',
    '1s ',
    '1s\n',
    '1S',
    '1d',
    '1s1m',
    '1s1s',
    '1.s',
    '.5s',
    '1e3s',
    '1,5s',
    '١s',
    '576h1ms',
    `0.${'0'.repeat(99)}1s`,
    `${'9'.repeat(62)}h`,
  ])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it('gives whole milliseconds that a timer can count, or nothing', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^(?:[0-9.]{1,6}(?:h|m|s|ms)){1,4}$/), (text) => {
        const duration = parseDuration(text) ?? 0;
        expect(Number.isInteger(duration) && duration >= 0 && duration < 2 ** 31).toBe(true);
      }),
    );
  });
});
