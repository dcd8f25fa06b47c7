/** Requests as raw bytes that two readers could cut at different places; behind each stands a request for `/smuggled`. */

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\nX-Smuggled: 1\r\n\r\n';
/** The same as one chunk's content, or as a body of that length. */
const LENGTH = SMUGGLED.length;

const post = (lines: readonly string[], body: string) =>
  ['POST /x HTTP/1.1', 'Host: a', ...lines, '', body].join('\r\n');
const chunked = `0\r\n\r\n${SMUGGLED}`;

/** By what is odd in them. */
export const smugglingShapes: readonly (readonly [odd: string, bytes: string])[] = [
  [
    'Content-Length before Transfer-Encoding',
    post([`Content-Length: ${LENGTH + 5}`, 'Transfer-Encoding: chunked'], chunked),
  ],
  ['Transfer-Encoding before Content-Length', post(['Transfer-Encoding: chunked', 'Content-Length: 5'], chunked)],
  ['two different lengths', post(['Content-Length: 0', `Content-Length: ${LENGTH}`], SMUGGLED)],
  ['the same length twice', post(['Content-Length: 5', 'Content-Length: 5'], `hello${SMUGGLED}`)],
  ['a list of lengths', post([`Content-Length: 0, ${LENGTH}`], SMUGGLED)],
  ['a signed length', post([`Content-Length: +${LENGTH}`], SMUGGLED)],
  ['a negative length', post([`Content-Length: -${LENGTH}`], SMUGGLED)],
  ['a hexadecimal length', post(['Content-Length: 0x0'], SMUGGLED)],
  ['an empty length', post(['Content-Length:'], SMUGGLED)],
  ['a length with a space inside', post([`Content-Length: 0 ${LENGTH}`], SMUGGLED)],
  ['a length beyond all', post([`Content-Length: ${'9'.repeat(30)}`], SMUGGLED)],
  ['a vertical tab before chunked', post([`Content-Length: ${LENGTH + 5}`, 'Transfer-Encoding: \x0bchunked'], chunked)],
  ['a coding before chunked', post(['Transfer-Encoding: gzip, chunked'], chunked)],
  ['a coding after chunked', post(['Transfer-Encoding: chunked, identity'], chunked)],
  ['an unknown coding', post(['Transfer-Encoding: xchunked', 'Content-Length: 0'], chunked)],
  ['a coding with a parameter', post(['Transfer-Encoding: chunked;q=1'], chunked)],
  ['a quoted coding', post(['Transfer-Encoding: "chunked"'], chunked)],
  ['two codings', post(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], chunked)],
  ['an empty coding', post(['Transfer-Encoding:', 'Content-Length: 0'], SMUGGLED)],
  ['a space behind Transfer-Encoding', post(['Transfer-Encoding : chunked', `Content-Length: ${LENGTH + 5}`], chunked)],
  ['a tab behind Content-Length', post([`Content-Length\t: ${LENGTH}`], SMUGGLED)],
  ['a folded coding', post(['Transfer-Encoding:', ' chunked', `Content-Length: ${LENGTH + 5}`], chunked)],
  [
    'a folded header that hides a coding',
    post(['X-A: 1', ' Transfer-Encoding: chunked', `Content-Length: ${LENGTH}`], SMUGGLED),
  ],
  [
    'an underscore in Transfer_Encoding',
    post(['Transfer_Encoding: chunked', `Content-Length: ${LENGTH + 5}`], chunked),
  ],
  [
    'a bare carriage return before a coding',
    post(['X-A: 1\rTransfer-Encoding: chunked', 'Content-Length: 0'], SMUGGLED),
  ],
  [
    'a bare line feed before a coding',
    post(['X-A: 1\nTransfer-Encoding: chunked', `Content-Length: ${LENGTH + 5}`], chunked),
  ],
  ['NUL in a header', post(['X-A: 1\0', `Content-Length: ${LENGTH}`], SMUGGLED)],
  ['chunked in HTTP/1.0', post(['Transfer-Encoding: chunked'], chunked).replace('HTTP/1.1', 'HTTP/1.0')],
  ['a chunk size with a sign', post(['Transfer-Encoding: chunked'], `+0\r\n\r\n${SMUGGLED}`)],
  ['a chunk size with 0x', post(['Transfer-Encoding: chunked'], `0x0\r\n\r\n${SMUGGLED}`)],
  [
    'a chunk size that overflows',
    post(['Transfer-Encoding: chunked'], `10000000000000000\r\n${SMUGGLED}\r\n0\r\n\r\n`),
  ],
  ['a chunk that is longer than it says', post(['Transfer-Encoding: chunked'], `1\r\n${SMUGGLED}\r\n0\r\n\r\n`)],
  ['a bare line feed in a chunk extension', post(['Transfer-Encoding: chunked'], `0;a\nb\r\n\r\n${SMUGGLED}`)],
  ['two hosts', post(['Host: b', `Content-Length: ${LENGTH}`], SMUGGLED)],
  ['a version that is none', post([`Content-Length: ${LENGTH}`], SMUGGLED).replace('HTTP/1.1', 'HTTP/1.9')],
  ['a space in the request target', post([`Content-Length: ${LENGTH}`], SMUGGLED).replace('/x', '/x HTTP/1.1 y')],
];
