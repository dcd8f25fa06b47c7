/** Answers of a token endpoint that is broken, and what comes of each. */
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { type Answering, broken, endless, whole } from './token-wire.js';

/** What a caller gets. */
export type Result =
  /** This token. */
  | { readonly token: string }
  /** A `TokenRequestError` with the answer's status and this text in its message. */
  | { readonly status: number; readonly says: string }
  /** A `TokenRequestError` without an answer. */
  | { readonly unreachable: true }
  /** A `TokenTimeoutError`, when the time of the renewal is over. */
  | { readonly late: true };

const MIB = 1024 * 1024;
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const CHUNKED = `${HEAD}transfer-encoding: chunked\r\n\r\n`;
const token = { access_token: 'fine', token_type: 'Bearer', expires_in: 60 };
const text = JSON.stringify(token);
const chunk = (body: string | Uint8Array) =>
  Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), Buffer.from(body as string), Buffer.from('\r\n')]);
const withMember = (name: string, value: unknown) => whole(JSON.stringify({ ...token, [name]: value }));
const without = (name: keyof typeof token) => whole(JSON.stringify({ ...token, [name]: undefined }));
const raw = (members: string) => whole(`{"access_token":"fine","expires_in":60,${members}}`);
const zipped = (encoding: string, bytes: Uint8Array) => whole(bytes, { headers: { 'content-encoding': encoding } });
const members = (count: number) => Array.from({ length: count }, (_, index) => `"m${index}":0`).join();
const deep = (depth: number) => `"x":${'['.repeat(depth)}${']'.repeat(depth)}`;
const bomb = Buffer.alloc(64 * MIB, ' ');

const fine: Result = { token: 'fine' };
const says = (words: string, status = 200): Result => ({ status, says: words });
const late: Result = { late: true };
const noJson = says('with a body that is not JSON');
const noText = says('with an access_token that is no text');
const noHeader = says('with an access_token that holds characters no header may carry');
const noSeconds = says('with an expires_in that is no number of seconds');
const redirected = (status: number) => says('/elsewhere: redirects of a token request are not followed', status);
const tooLong = says('with a body over 1 MiB');

/** Each as it goes over the wire. */
export const answers: readonly (readonly [name: string, answer: Answering, result: Result])[] = [
  // not what was asked for
  [
    'HTML',
    whole('<!doctype html><h1>Welcome</h1>', { headers: { 'content-type': 'text/html' } }),
    says('with an HTML page'),
  ],
  ['HTML with a 502', whole('<html>', { status: 502 }), says('with an HTML page', 502)],
  ['nothing', whole(''), says('with an empty body')],
  ['204', broken('HTTP/1.1 204 No Content\r\n\r\n'), says('with an empty body', 204)],
  ['201', whole(text, { status: 201 }), fine],
  ['202', whole(text, { status: 202 }), says('without an OAuth error', 202)],
  ['302', whole(text, { status: 302, headers: { location: '/elsewhere' } }), redirected(302)],
  ['307', whole('', { status: 307, headers: { location: '/elsewhere' } }), redirected(307)],
  ['array', whole(`[${text}]`), says('with JSON that is not an object')],
  ['null', whole('null'), says('with JSON that is not an object')],
  ['a string', whole('"fine"'), says('with JSON that is not an object')],
  ['a byte order mark', whole(`\ufeff${text}`), fine],
  ['invalid UTF-8 in the token', whole(Buffer.from('{"access_token":"a\xff\xfeb"}', 'latin1')), noHeader],
  ['invalid UTF-8 elsewhere', whole(Buffer.from(`{"x":"\xff\xfe",${text.slice(1)}`, 'latin1')), fine],
  ['UTF-16', whole(Buffer.from(text, 'utf16le')), says('with a body that is not JSON')],
  ['a NUL', whole(`${text}\0`), says('with a body that is not JSON')],
  ['two objects', whole(text + text), says('with a body that is not JSON')],
  ['error in a 200', withMember('error', 'invalid_scope'), says('refused client "shop": invalid_scope (200)')],

  // encodings
  ['a gzip bomb', zipped('gzip', gzipSync(bomb)), tooLong],
  ['a deflate bomb', zipped('deflate', deflateSync(bomb)), tooLong],
  ['a brotli bomb', zipped('br', brotliCompressSync(bomb)), tooLong],
  ['half a gzip', zipped('gzip', gzipSync(text).subarray(0, 20)), says('with a body that cannot be decoded')],
  [
    'gzip in gzip',
    zipped('gzip, gzip', gzipSync(gzipSync(text))),
    says('with a content encoding that was not asked for'),
  ],

  // size, time, framing
  ['1 GiB in chunks', endless(CHUNKED, chunk(Buffer.alloc(MIB, ' '))), tooLong],
  ['1 GiB with its length', endless(`${HEAD}content-length: 1073741824\r\n\r\n`, Buffer.alloc(MIB, ' ')), tooLong],
  ['one byte at a time', endless(`${HEAD}content-length: 1000\r\n\r\n`, ' ', { every: 20 }), late],
  ['one byte of a chunk at a time', endless(CHUNKED, '1\r\n \r\n', { every: 20 }), late],
  ['one byte of the head at a time', endless('HTTP/1.1 200 OK\r\nx: ', 'x', { every: 20 }), late],
  ['endless headers', endless('HTTP/1.1 200 OK\r\n', `x: ${'y'.repeat(1_000)}\r\n`), { unreachable: true }],
  ['an endless header', endless('HTTP/1.1 200 OK\r\nx: ', 'y'.repeat(1_000)), { unreachable: true }],
  ['endless informational answers', endless('', 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n', { every: 5 }), late],
  [
    'an informational answer first',
    (socket, path) => {
      socket.write('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n');
      whole(text)(socket, path);
    },
    fine,
  ],
  [
    'endless trailers',
    endless(`${CHUNKED}${chunk(text).toString()}0\r\n`, `x: ${'y'.repeat(1_000)}\r\n`),
    { unreachable: true },
  ],
  ['silence', () => undefined, late],
  ['a head and silence', (socket) => void socket.write(`${HEAD}content-length: 10\r\n\r\n`), late],
  ['a length that is too long', broken(`${HEAD}content-length: 1000\r\n\r\n${text}`), { unreachable: true }],
  [
    'a length that is too short',
    broken(`${HEAD}content-length: 20\r\n\r\n${text}`),
    says('with a body that is not JSON'),
  ],
  ['a length that is none', broken(`${HEAD}content-length: -1\r\n\r\n${text}`), { unreachable: true }],
  ['two lengths', broken(`${HEAD}content-length: 5\r\ncontent-length: 61\r\n\r\n${text}`), { unreachable: true }],
  [
    'a length beside chunks',
    broken(`${HEAD}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`),
    { unreachable: true },
  ],
  ['a chunk size that is none', broken(`${CHUNKED}zz\r\n${text}\r\n0\r\n\r\n`), { unreachable: true }],
  ['a close before the head', broken(''), { unreachable: true }],
  ['a close in the head', broken('HTTP/1.1 200 OK\r\ncontent-'), { unreachable: true }],
  ['a close in the body', broken(`${HEAD}content-length: 61\r\n\r\n{"access_token":"hal`), { unreachable: true }],
  ['a close in a chunk', broken(`${CHUNKED}ff\r\n{"access_token":"hal`), { unreachable: true }],
  ['a close between chunks', broken(`${CHUNKED}${chunk(text).toString()}`), { unreachable: true }],
  ['the end of the connection as the end', broken(`HTTP/1.0 200 OK\r\n\r\n${text}`), fine],
  ['another protocol', broken('220 mail.example ESMTP\r\n'), { unreachable: true }],
  ['HTTP/0.9', broken(text), { unreachable: true }],

  // access_token
  ['no access_token', without('access_token'), says('without an access_token')],
  ['an empty access_token', withMember('access_token', ''), noText],
  ['a number', withMember('access_token', 12345), noText],
  ['a list', withMember('access_token', ['fine']), noText],
  ['CR LF', withMember('access_token', 'a\r\nx-injected: 1'), noHeader],
  ['a space', withMember('access_token', 'a b'), noHeader],
  ['a NUL in it', withMember('access_token', 'a\0'), noHeader],
  ['64 KiB', withMember('access_token', 'a'.repeat(65_536)), says('with an access_token over 32768 characters')],
  ['an access_token twice', whole('{"access_token":"first","access_token":"fine"}'), fine],

  // expires_in
  ...['+1', ' 1', '1 ', 'soon', '1e3', '0x10', '1_000', '1,5', '.5', '5.', true, false, [], [60], {}].map(
    (value) => [`expires_in ${JSON.stringify(value)}`, withMember('expires_in', value), noSeconds] as const,
  ),
  ['expires_in 1e999', whole('{"access_token":"fine","expires_in":1e999}'), noSeconds],
  ['expires_in of 400 digits', withMember('expires_in', '9'.repeat(400)), noSeconds],
  ...[60, '60', '60.5', 0.5, 1e300, null, undefined, 0, '0', 1e-300, -1, -0.1, '-1', ''].map(
    (value) => [`expires_in ${JSON.stringify(value)}, which is one`, withMember('expires_in', value), fine] as const,
  ),

  // members
  ['__proto__ with everything', whole('{"__proto__":{"access_token":"evil"}}'), says('without an access_token')],
  ['__proto__ beside it', raw('"__proto__":{"error":"x","expires_in":-1,"token_type":"mac"}'), fine],
  ['then', raw('"then":{"then":1}'), fine],
  ['constructor', raw('"constructor":{"prototype":{"value":"evil"}}'), fine],
  ['toString, valueOf, hasOwnProperty', raw('"toString":1,"valueOf":2,"hasOwnProperty":3,"toJSON":4'), fine],
  ['10^6 members', raw(members(1_000_000)), tooLong],
  ['as many members as 1 MiB holds', raw(members(80_000)), fine],
  ['depth 64', raw(deep(63)), fine],
  ['depth 65', raw(deep(64)), noJson],
  ['depth 100,000', raw(deep(100_000)), noJson],
  ['depth 100,000 as the token', whole(`{"access_token":${'['.repeat(100_000)}${']'.repeat(100_000)}}`), noJson],
  [
    'depth 500,000, open',
    whole(`{"access_token":"fine","x":${'['.repeat(500_000)}`),
    says('with a body that is not JSON'),
  ],
  ['error of depth 100,000', raw(`"error":${'['.repeat(100_000)}${']'.repeat(100_000)}`), noJson],
  [
    'error_description of 1 MB',
    whole(JSON.stringify({ error: 'x', error_description: 'y'.repeat(1_000_000) }), { status: 400 }),
    says('refused client "shop": x (400)', 400),
  ],
];
