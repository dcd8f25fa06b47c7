import { describe, expect, it } from '@jest/globals';
import { lendHeaders } from '../../src/outbound/complete-request.js';

function lent(inbound: Record<string, unknown>, names: string[], own: Record<string, string> = {}) {
  const headers = { ...own };
  lendHeaders(headers, names, { headers: inbound as never });
  return headers;
}

describe('lendHeaders(headers, names, inbound)', () => {
  it('adds the named ones, and nothing else', () => {
    expect(lent({ 'x-request-id': 'r1', cookie: 'c', 'x-other': 'o' }, ['x-request-id', 'traceparent'])).toEqual({
      'x-request-id': 'r1',
    });
  });

  it("leaves the call's own alone", () => {
    expect(lent({ 'x-request-id': 'r1' }, ['x-request-id'], { 'x-request-id': 'mine' })).toEqual({
      'x-request-id': 'mine',
    });
    expect(lent({ accept: 'text/csv' }, ['accept'], { accept: 'application/json' })).toEqual({
      accept: 'application/json',
    });
  });

  it.each([
    ['accept', '*/*'],
    ['accept-language', '*'],
    ['user-agent', 'node'],
    ['user-agent', 'undici'],
    ['user-agent', 'got (https://github.com/sindresorhus/got)'],
  ])("takes a client's own default, %s: %s, for nobody's wish", (name, preset) => {
    expect(lent({ [name]: 'of the browser' }, [name], { [name]: preset })).toEqual({ [name]: 'of the browser' });
  });

  it.each(['a\r\nauthorization: Bearer x', 'a\nb', 'a\u0000', '\u001b[31m', 'a\u007f', 'ā', '\u{1F600}', ''])(
    'drops the value %j',
    (value) => {
      expect(lent({ 'x-request-id': value }, ['x-request-id'])).toEqual({});
    },
  );

  it('keeps tabs and Latin-1, and several values as the one list that Node has made', () => {
    expect(lent({ a: 'x\ty', b: 'é', c: '1, 2' }, ['a', 'b', 'c'])).toEqual({ a: 'x\ty', b: 'é', c: '1, 2' });
  });

  it('drops what is no text, and what is not the own of the request', () => {
    expect(lent({ a: ['1', '2'], b: 7 }, ['a', 'b', 'constructor', '__proto__', 'tostring'])).toEqual({});
  });

  it('does nothing outside of a request', () => {
    const headers = {};
    lendHeaders(headers, ['x-request-id'], undefined);
    expect(headers).toEqual({});
  });
});
