import { describe, expect, it } from '@jest/globals';
import { readStoredToken, writeStoredToken } from '../../src/sharing/stored-token.js';

const NOW = 1_700_000_000_000;
const token = {
  value: 'token-1',
  type: 'Bearer' as const,
  issuedAt: NOW - 1_000,
  expiresAt: NOW + 3_600_000,
  scope: 'a b',
};
const stored = { token, order: NOW, refresh: { value: 'refresh-1', scope: undefined } };
const record = writeStoredToken(stored);
const changed = (change: object) => JSON.stringify({ ...JSON.parse(record), ...change });

describe('readStoredToken(text, now)', () => {
  it('gives what was written', () => {
    expect(readStoredToken(record, NOW)).toEqual(stored);
    const plain = { token: { ...token, scope: undefined }, order: 1.5, refresh: undefined };
    expect(readStoredToken(writeStoredToken(plain), NOW)).toEqual(plain);
  });

  it('gives no token a longer life than it was granted, whatever the clock was where it was asked for', () => {
    const ahead = { ...stored, token: { ...token, issuedAt: NOW + 90_000, expiresAt: NOW + 100_000 } };
    expect(readStoredToken(writeStoredToken(ahead), NOW)?.token).toMatchObject({
      issuedAt: NOW,
      expiresAt: NOW + 10_000,
    });
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['no JSON', '{'],
    ['deep lists', '['.repeat(60_000)],
    ['deep objects', '{"a":'.repeat(10_000)],
    ['null', 'null'],
    ['a text', '"text"'],
    ['a list', `[${record}]`],
    ['members of the prototype', `{"__proto__":${record}}`],
    ['members of the constructor', `{"constructor":{"prototype":${record}}}`],
    ['some members of the prototype', '{"schema":1,"value":"x","__proto__":{"issuedAt":1,"expiresAt":9e15,"order":1}}'],
    ['an older schema', changed({ schema: 0 })],
    ['a schema as text', changed({ schema: '1' })],
    ['a token with a line break', changed({ value: 'a\r\nX-Evil: 1' })],
    ['an empty token', changed({ value: '' })],
    ['a token that is no text', changed({ value: ['x'] })],
    ['a token over 32 KiB', changed({ value: 'x'.repeat(33_000) })],
    ['an instant as text', changed({ issuedAt: '1' })],
    ['no end', changed({ expiresAt: null })],
    ['an infinite end', record.replace(/"expiresAt":\d+/, '"expiresAt":1e999')],
    ['an end before the beginning', changed({ issuedAt: token.expiresAt + 1 })],
    ['a negative order', changed({ order: -1 })],
    ['a scope that is no text', changed({ scope: {} })],
    ['a refresh token that is no object', changed({ refresh: 'r' })],
    ['an empty refresh token', changed({ refresh: { value: '' } })],
  ])('gives nothing for %s', (_what, text) => {
    expect(readStoredToken(text, NOW)).toBeUndefined();
    expect(({} as Record<string, unknown>)['schema']).toBeUndefined();
  });
});
