import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { untrustedText } from '../../src/token-request/untrusted-text.js';

const LEFT_OUT = '[left out: it repeats a credential]';
/** Each dozen of its base64 characters holds one that base64url spells otherwise. */
const SECRET = '>>>???>>>???';

describe('untrustedText(secrets)', () => {
  it.each([
    ['plain', SECRET],
    ['base64', Buffer.from(SECRET).toString('base64')],
    ['base64url', Buffer.from(SECRET).toString('base64url')],
    ['percent-encoded', encodeURIComponent(SECRET)],
    ['percent-encoded in lower case', encodeURIComponent(SECRET).toLowerCase()],
    ['escaped for a page', '&gt;&gt;&gt;???&#62;&#x3E;&#X3e;???'],
    ['percent-encoded without need', '%3e%3e%3e???%3e%3e%3e???'],
  ])('leaves a text out that repeats a secret: %s', (_, text) => {
    expect(untrustedText(['other', SECRET])(`so: ${text}.`)).toBe(LEFT_OUT);
  });

  it.each([
    ['as a string in JSON', '"p/ä\\"ss\\\\w+rd1"'],
    ['as PHP writes JSON', 'p\\/\\u00e4\\"ss\\\\w+rd1'],
    ['as .NET writes JSON', 'p/\\u00E4\\u0022ss\\\\w\\u002Brd1'],
    ['as Python writes text', `'p/\\xe4"ss\\\\w+rd1'`],
    ['as JSON in JSON', JSON.stringify(JSON.stringify({ password: 'p/ä"ss\\w+rd1' }))],
    ['escaped twice for a page', 'p/ä&amp;quot;ss\\w+rd1'],
    ['escaped twice for a URL', encodeURIComponent(encodeURIComponent('p/ä"ss\\w+rd1'))],
    ['escaped for a URL in Latin-1', 'p%2F%E4%22ss%5Cw%2Brd1'],
    ['read as Latin-1', 'p/Ã¤"ss\\w+rd1'],
    ['in hexadecimal digits', Buffer.from('p/ä"ss\\w+rd1').toString('hex').toUpperCase()],
    ['in capital letters', 'P/Ä"SS\\W+RD1'],
    ['on several lines', 'p/ä"ss\r\n\\w+rd1'],
    ['with spaces between', 'p / ä " s s \\ w + r d 1'],
    ['between characters that nobody sees', Array.from('p/ä"ss\\w+rd1').join('\u{e0100}')],
  ])('leaves a password out that is repeated %s', (_, text) => {
    expect(untrustedText(['p/ä"ss\\w+rd1'])(`bad value ${text}.`)).toBe(LEFT_OUT);
  });

  it('drops a text that has too many readings', () => {
    const tangled = '%2541&amp;amp;\\\\u0041+'.repeat(1_000);
    expect(untrustedText(['geheim-und-lang-genug'])(tangled, 8_000)).toBe(LEFT_OUT);
    expect(untrustedText(['geheim-und-lang-genug'])(tangled.slice(0, 200))).toBe(tangled.slice(0, 200));
  });

  it.each([0, 1, 2])('knows a secret in Base64 behind %d other bytes', (before) => {
    const secret = 'geheim-und-lang-genug';
    const text = Buffer.from('abc'.slice(0, before) + secret).toString('base64');
    expect(untrustedText([secret])(text)).toBe(LEFT_OUT);
  });

  it('leaves 200 characters as they are and cuts the 201st', () => {
    expect(untrustedText([])('a'.repeat(200))).toBe('a'.repeat(200));
    expect(untrustedText([])('a'.repeat(201))).toBe(`${'a'.repeat(199)}…`);
  });

  it('cuts where it is told to', () => {
    expect(untrustedText([])('a'.repeat(400), 300)).toBe(`${'a'.repeat(299)}…`);
  });

  it('drops a text rather than compare it with secrets of more than 32 KiB', () => {
    const secrets = ['a'.repeat(20_000), 'b'.repeat(20_000)];
    expect(untrustedText(secrets)('invalid')).toBe('[left out: it cannot be compared with the credentials]');
    expect(untrustedText(secrets.slice(1))('invalid')).toBe('invalid');
  });

  it('does not take three characters for a secret', () => {
    expect(untrustedText(['abc', ''])('abc')).toBe('abc');
  });

  it.each([undefined, null, 5, {}, ['a'], '', ' \r\n', '\u0000'])('gives nothing for %j', (value) => {
    expect(untrustedText([])(value)).toBeUndefined();
  });

  it('gives at most 200 characters, none of them a control character, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1_000 }), (value) => {
        const text = untrustedText([])(value) ?? '-';
        expect(text.length).toBeLessThanOrEqual(200);
        expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it('never gives a run of twelve characters of a secret', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 13 }), fc.nat(), fc.string(), (secret, start, around) => {
        const piece = secret.slice(start % (secret.length - 12)).slice(0, 12);
        expect(untrustedText([secret])(`${around}${piece}${around}`)).toBe(LEFT_OUT);
      }),
    );
  });
});
