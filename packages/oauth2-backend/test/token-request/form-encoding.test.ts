import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeForm, encodeFormValue } from '../../src/token-request/form-encoding.js';

describe('encodeFormValue(value)', () => {
  it('leaves only A-Z a-z 0-9 - _ . ~ as they are (RFC 6749 App. B, §2.3.1)', () => {
    const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');
    const left = encodeFormValue(ascii).replaceAll(/%[0-9A-F]{2}/g, '');
    expect(left).toBe('+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~');
    expect(encodeFormValue(": % + ä ! ' ( ) * ~ €\r\n\u0000😀")).toBe(
      '%3A+%25+%2B+%C3%A4+%21+%27+%28+%29+%2A+~+%E2%82%AC%0D%0A%00%F0%9F%98%80',
    );
  });

  it('gives what every form parser reads back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(new URLSearchParams(`v=${encodeFormValue(value)}`).get('v')).toBe(value.toWellFormed());
      }),
    );
  });

  it('takes half a surrogate pair for what it is not', () => {
    expect(encodeFormValue('a\ud800b')).toBe('a%EF%BF%BDb');
  });
});

describe('encodeForm(parameters)', () => {
  it('sorts by name, keeps the order of lists, leaves empty values out (RFC 6749 §3.2)', () => {
    expect(encodeForm({ b: '2', a: ['z', '', 'y'], c: '', d: [], 'e f': 'g&h=i' })).toBe('a=z&a=y&b=2&e+f=g%26h%3Di');
    expect(encodeForm({})).toBe('');
  });

  it('takes any name for data', () => {
    expect(encodeForm(JSON.parse('{"__proto__":"a","constructor":"b"}'))).toBe('__proto__=a&constructor=b');
  });
});
