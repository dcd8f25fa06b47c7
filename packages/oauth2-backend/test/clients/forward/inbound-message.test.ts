import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { readInbound } from '../../../src/clients/forward/inbound-message.js';
import { resolveForwardOptions } from '../../../src/clients/forward/options.js';

const read = (headers: readonly [string, string][], others: Partial<IncomingMessage> = {}) => {
  const counted = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
  const about = { method: 'POST', httpVersion: '1.1', socket: {}, rawHeaders: headers.flat(), headers: counted };
  const request = { ...about, ...others };
  const { trustForwarded, methods } = resolveForwardOptions();
  return readInbound(request as IncomingMessage, { trustForwarded, methods, protocol: undefined });
};
const refused = { status: 400, headers: { connection: 'close' } };

describe('readInbound(request)', () => {
  // Whatever the parser in front has let through.
  it.each<[string, [string, string][], Partial<IncomingMessage>?]>([
    [
      'both lengths',
      [
        ['Content-Length', '5'],
        ['Transfer-Encoding', 'chunked'],
      ],
    ],
    [
      'two lengths',
      [
        ['Content-Length', '5'],
        ['content-length', '5'],
      ],
    ],
    ['a list of lengths', [['Content-Length', '5, 5']]],
    ['a signed length', [['Content-Length', '+5']]],
    ['a hexadecimal length', [['Content-Length', '0x5']]],
    ['an empty length', [['Content-Length', '']]],
    ['a length beyond all', [['Content-Length', '9'.repeat(16)]]],
    ['a coding after chunked', [['Transfer-Encoding', 'chunked, gzip']]],
    ['a coding before chunked', [['Transfer-Encoding', 'gzip, chunked']]],
    [
      'two codings',
      [
        ['Transfer-Encoding', 'chunked'],
        ['Transfer-Encoding', 'chunked'],
      ],
    ],
    ['an unknown coding', [['Transfer-Encoding', 'xchunked']]],
    ['a coding with odd white space', [['Transfer-Encoding', '\x0bchunked']]],
    ['an empty coding', [['Transfer-Encoding', '']]],
    ['chunked in HTTP/1.0', [['Transfer-Encoding', 'chunked']], { httpVersion: '1.0' }],
    [
      'two hosts',
      [
        ['Host', 'a'],
        ['host', 'a'],
      ],
    ],
  ])('refuses %s', (_, headers, ...others) => {
    expect(read(headers, ...others)).toEqual(refused);
  });

  it.each(['0.9', '1.2', '2.0', '3.0'])('refuses HTTP/%s in plain text', (httpVersion) => {
    const httpVersionMajor = Number(httpVersion[0]);
    expect(read([], { httpVersion, httpVersionMajor })).toEqual({ ...refused, status: 505 });
  });

  it.each([
    [1000, undefined, 431],
    [999, undefined, 200],
    [10, 10, 431],
    [9, 10, 200],
    [5000, 0, 200],
  ])('reads %i headers where maxHeadersCount is %s: %i', (count, maxHeadersCount, status) => {
    const headers = Array.from({ length: count }, (): [string, string] => ['a', '']);
    const message = read(headers, { socket: { server: { maxHeadersCount } } as never });
    expect('status' in message ? message.status : 200).toBe(status);
  });

  it('withholds what CGI takes for a header that is withheld', () => {
    const names = ['X_Forwarded_For', 'X.Forwarded.For', 'Client.IP', 'Client_IP', 'Proxy_Authorization'];
    names.push('Content_Length', 'Transfer_Encoding', 'Transfer.Encoding', 'X_Real-IP', 'X~Original~URL');
    const { headers } = read([...names, 'my_own'].map((name) => [name, '1'])) as { headers: object };
    expect(Object.keys(headers)).toEqual(['my_own']);
  });

  it.each<[[string, string][], unknown]>([
    [[], 'unknown'],
    [[['X-A', '1']], undefined],
    [[['Content-Length', '0']], undefined],
    [[['Content-Length', '5']], 5],
    [[['Transfer-Encoding', 'Chunked']], 'chunked'],
  ])('reads the frame of %j', (headers, body) => {
    expect(read(headers)).toMatchObject({ body });
  });

  it.each(['Transfer-Encoding ', 'X User', 'X-User:', 'X\u00e9', ''])('refuses a header by the name %j', (name) => {
    expect(read([[name, 'chunked']])).toEqual(refused);
  });

  it.each(['a\0', 'a\x7f', 'a\rb', '\x0ba'])('refuses a header with the value %j', (value) => {
    expect(read([['X-A', value]])).toEqual(refused);
  });

  it.each(['a\nb', 'a\rb', '\0', '\u0100', {}, null, ['a', 'b\n']])('throws for %j among request.headers', (value) => {
    const wrong = { 'x-user': value } as never;
    expect(() => read([['X-User', 'mallory']], { headers: wrong })).toThrow(
      'request.headers["x-user"]: the application',
    );
  });

  it('takes no name for a member of every object', () => {
    const { headers } = read([
      ['constructor', 'a'],
      ['__proto__', 'b'],
    ]) as { headers: object };
    expect(Object.entries(headers)).toEqual([
      ['constructor', 'a'],
      ['__proto__', 'b'],
    ]);
  });
});
