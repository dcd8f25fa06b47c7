import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { inboundBearer } from '../../../src/token-request/grants/subject-token.js';

/** A request as Node parses it: the first of several `Authorization` headers is shown. */
function requestWith(...values: string[]): IncomingMessage {
  const rawHeaders = ['Host', 'a', ...values.flatMap((value) => ['Authorization', value])];
  return { headers: { host: 'a', ...(values.length > 0 && { authorization: values[0] }) }, rawHeaders } as never;
}

describe('inboundBearer(request)', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer a.b-c_d~e+f/g==', 'a.b-c_d~e+f/g=='],
    ['BEARER    abc', 'abc'],
    ['Bearer !#$%&', '!#$%&'],
  ])('reads %s', (value, token) => {
    expect(inboundBearer(requestWith(value))).toBe(token);
  });

  it.each([
    '',
    'Bearer',
    'Bearer ',
    'abc',
    'Bearerabc',
    'Bearer\tabc',
    'Bearer a b',
    'Bearer abc ',
    ' Bearer abc',
    'Bearer "abc"',
    'Bearer abc, Bearer def',
    'Bearer abc,def',
    'Basic YTpi',
    'DPoP abc',
    'Bearer ä',
    'Bearer \u{1F600}',
    'Bearer a\u0000b',
    'Bearer a\r\nb',
    'Bearer a\u007f',
  ])('reads nothing from %j', (value) => {
    expect(inboundBearer(requestWith(value))).toBeUndefined();
  });

  it('reads nothing from none, from two headers, and from a list', () => {
    expect(inboundBearer(requestWith())).toBeUndefined();
    expect(inboundBearer(requestWith('Bearer a', 'Bearer b'))).toBeUndefined();
    expect(inboundBearer(requestWith('Bearer a', 'Bearer a'))).toBeUndefined();
    expect(inboundBearer({ headers: { authorization: ['Bearer a'] } } as never)).toBeUndefined();
  });

  it('reads a megabyte in no time', () => {
    const started = performance.now();
    for (const value of [`Bearer ${' '.repeat(1e6)}`, `Bearer ${'a'.repeat(1e6)}"`]) {
      expect(inboundBearer(requestWith(value))).toBeUndefined();
    }
    expect(performance.now() - started).toBeLessThan(500);
  });
});
