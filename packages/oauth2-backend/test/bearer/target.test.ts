import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { resolveTarget, targetRule } from '../../src/bearer/target.js';
import { OriginError } from '../../src/errors.js';

const origin = 'https://billing.example.com';
const rule = targetRule({ name: 'billing', origin, pathPrefix: '/v1' });
const bare = targetRule({ name: 'billing', origin, pathPrefix: '' });

function refusalOf(act: () => unknown): OriginError {
  try {
    act();
  } catch (error) {
    if (error instanceof OriginError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('resolve(path)', () => {
  it.each([
    ['invoices', '/v1/invoices'],
    ['/invoices', '/v1/invoices'],
    ['invoices/', '/v1/invoices/'],
    ['', '/v1'],
    ['/', '/v1/'],
    ['?q=1', '/v1?q=1'],
    ['#frag', '/v1'],
    ['a?b=c#frag', '/v1/a?b=c'],
    ['/a#frag?x', '/v1/a'],
    ['v1/things:batch', '/v1/v1/things:batch'],
    ['/a:b', '/v1/a:b'],
    ['80:x', '/v1/80:x'],
    ['a b', '/v1/a%20b'],
    ['caf\u00e9?n=\u00fc', '/v1/caf%C3%A9?n=%C3%BC'],
    ['a%2Fb', '/v1/a%2Fb'],
    ['100%25', '/v1/100%25'],
    ['a//b', '/v1/a//b'],
    ['.well-known/x', '/v1/.well-known/x'],
    ['a..b/...', '/v1/a..b/...'],
    ["it's?q='", "/v1/it's?q=%27"],
    ['x?next=/../y\\z', '/v1/x?next=/../y\\z'],
    ['x?a=%zz', '/v1/x?a=%zz'],
    ['\u{1f600}', '/v1/%F0%9F%98%80'],
    ['a;v=1', '/v1/a;v=1'],
  ])('%j is %s', (input, path) => {
    expect(rule.resolve(input)).toEqual({ origin, path, href: origin + path });
  });

  it('needs no path_prefix', () => {
    expect(bare.resolve('').path).toBe('/');
    expect(bare.resolve('?q=1').path).toBe('/?q=1');
    expect(bare.resolve('/x').href).toBe(`${origin}/x`);
  });

  it.each(['@evil.example', '.evil.example', ':80@evil.example', '-evil'])('keeps %j behind the host', (input) => {
    for (const one of [rule, bare]) expect(new URL(one.resolve(input).href).host).toBe('billing.example.com');
  });

  it('is the function resolveTarget', () => {
    expect(resolveTarget({ name: 'billing', origin, pathPrefix: '/v1' }, 'x')).toEqual(rule.resolve('x'));
  });
});

describe('resolve(absolute URL)', () => {
  it.each([
    [`${origin}/v1/x?y=1#z`, '/v1/x?y=1'],
    [`${origin}/v1`, '/v1'],
    [`${origin}/v1?x`, '/v1?x'],
    ['HTTPS://BILLING.Example.com:443/v1/x', '/v1/x'],
    ['https://billing\u3002example\uff0ecom/v1/x', '/v1/x'],
  ])('takes %s whole', (input, path) => {
    expect(rule.resolve(input)).toEqual({ origin, path, href: origin + path });
    expect(rule.resolve(new URL(input))).toEqual({ origin, path, href: origin + path });
  });

  it('reads what a URL subclass says once, and believes only that', () => {
    let reads = 0;
    const href = () => {
      reads += 1;
      return reads === 1 ? `${origin}/v1/x` : 'https://evil.example/';
    };
    const sly = () =>
      Object.defineProperties(new URL('https://evil.example/'), {
        href: { get: href },
        origin: { value: origin },
        pathname: { value: '/v1/x' },
      });
    expect(rule.resolve(sly()).href).toBe(`${origin}/v1/x`);
    expect(reads).toBe(1);
    expect(() => rule.resolve(sly())).toThrow(OriginError);
  });
});

const hostile: unknown[] = [
  '//evil.example',
  '//evil.example/v1/x',
  `//billing.example.com/v1/x`,
  '///evil.example',
  '\\\\evil.example',
  '/\\evil.example',
  '\\/evil.example',
  '\\evil',
  'a\\b',
  '/\t/evil.example',
  '/\n/evil.example',
  '\t//evil.example',
  ' //evil.example',
  'x ',
  'x\r\nHost: evil',
  'x\0',
  'x\x7f',
  'x\x85',
  '\x01https://evil.example',
  'ht\ntps://evil.example',
  'x#\n',
  'https:///evil.example/v1',
  'https:/evil.example/v1',
  'https:evil.example',
  'https:v1/x',
  'https:\\\\billing.example.com\\v1\\x',
  'https://evil.example/v1/x',
  'https://evil.example\\@billing.example.com/v1/x',
  'https://billing.example.com@evil.example/v1/x',
  'https://billing.example.com:80@evil.example/v1/x',
  'https://billing.example.com.evil.example/v1/x',
  'https://billing.example.com:8443/v1/x',
  'http://billing.example.com/v1/x',
  'wss://billing.example.com/v1/x',
  'blob:https://billing.example.com/v1/x',
  'javascript:alert(1)',
  'a:b',
  'https://user@billing.example.com/v1/x',
  'https://user:pw@billing.example.com/v1/x',
  'https://@billing.example.com/v1/x',
  'https://b\u0456lling.example.com/v1/x',
  'https://billing.example.com\uff0fevil/v1/x',
  'https://billing.example.com/v1x',
  'https://billing.example.com/V1/x',
  'https://billing.example.com/v1%2fx',
  'https://billing.example.com/v1;x/y',
  'https://billing.example.com/',
  'https://billing.example.com/v1/../x',
  'https://billing.example.com/x/../v1/y',
  'https://',
  'https://[::1/v1',
  '..',
  '.',
  './x',
  '../x',
  'a/../../x',
  'a/..',
  'a/../b',
  '%2e%2e/x',
  '.%2E/x',
  '%252e%252e/x',
  '%25252e%25252e/x',
  '%2%65%2%65/x',
  '%252%2565./x',
  '..%2fx',
  '..%5cx',
  'a%2f..',
  'a%255c..%255cx',
  '..;x/y',
  '..;/y',
  '.;/y',
  '..%3bx/y',
  '..%00/y',
  '..%3f/y',
  '.%09./y',
  '%c0%ae%c0%ae/x',
  '%25c0%25ae/x',
  '\uff0e\uff0e/x',
  '%ef%bc%8e%ef%bc%8e/x',
  'a%ef%bc%8f../x',
  `${'%25'.repeat(20)}2e`.replaceAll('%25', '%').replace('%', '%25'),
  `%${'25'.repeat(20)}2e%${'25'.repeat(20)}2e/x`,
  '%',
  '%zz',
  'a%2',
  '\ud800',
  'x\udc00y',
  'x?\ud800',
  undefined,
  null,
  7,
  Symbol('x'),
  [],
  ['x'],
  {},
  { href: `${origin}/v1/x` },
  { toString: () => 'x' },
  Object('x'),
  () => 'x',
  new URL('https://evil.example/v1/x'),
  new URL('https://u:p@billing.example.com/v1/x'),
  new URL('https://billing.example.com/v1/..%2fx'),
  new URL('https://billing.example.com/x'),
];

describe('resolve(what would leave the backend)', () => {
  it.each(hostile.map((input) => [input]))('refuses %j (RFC 9700 §4.9.1)', (input) => {
    const { message } = refusalOf(() => rule.resolve(input as string));
    expect(message).toMatch(/^backend "billing" refuses the target/);
    expect(message).not.toMatch(/\p{Cc}|\p{Cs}/u);
    expect(message).not.toMatch(/\.$/);
  });

  it.each([
    'https://user:s3cret@evil.example/x?token=s3cret',
    'https://user:s3c/ret@evil.example',
    'https://user:s3c?ret@evil.example',
    ' https://user:s3cret@billing.example.com',
    '//user:s3cret@evil.example',
    'ht\ttps://s3cret@x',
    'https:s3cret@evil.example',
    'https://s3cret%40evil.example',
    '//evil.example/?token=s3cret',
    '//evil.example/#s3cret',
    '//evil.example/a;token=s3cret',
    '../x%3ftoken=s3cret',
    'https://evil.example/\n?mail=a@s3cret',
    `${'x'.repeat(200)}s3cret/..`,
  ])('says nothing secret about %j', (input) => {
    const { message, cause } = refusalOf(() => rule.resolve(input));
    expect(message).not.toMatch(/s3c|ret@|user:/);
    expect(message.length).toBeLessThan(250);
    expect(cause).toBeUndefined();
  });

  it('says what was wrong', () => {
    expect(refusalOf(() => rule.resolve('//evil.example/a?b')).message).toBe(
      'backend "billing" refuses the target "//evil.example/a": it names another host',
    );
    expect(refusalOf(() => rule.resolve('https://evil.example/a')).message).toBe(
      'backend "billing" refuses the target "https://evil.example/a": it is outside https://billing.example.com/v1',
    );
    expect(refusalOf(() => rule.resolve(`//${'x'.repeat(300)}`)).message).toContain(`"//${'x'.repeat(97)}…"`);
  });

  it('takes no longer for long hostile paths', () => {
    const started = performance.now();
    for (const input of [
      `%${'25'.repeat(200_000)}2e`,
      '/'.repeat(300_000),
      `a${'.'.repeat(300_000)}\\`,
      '%2e'.repeat(200_000),
    ]) {
      try {
        rule.resolve(input);
      } catch (error) {
        expect(error).toBeInstanceOf(OriginError);
      }
    }
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

const pieces = fc.constantFrom(
  '/',
  '\\',
  '.',
  '..',
  '%2e',
  '%2F',
  '%5c',
  '%25',
  '%',
  '%c0',
  '%ae',
  ';',
  ':',
  '@',
  '?',
  '#',
  '//',
  'https:',
  'http://',

  'billing.example.com',
  'evil.example',
  'v1',
  '/v1',
  'a',
  'b',
  ' ',
  '\t',
  '\n',
  '\0',
  '\uff0e',
  '\uff0f',
  '\ud800',
  '[',
  ']',
  "'",
  origin,
  `${origin}/v1`,
  `${origin}/v1/`,
  '"',
  '^',
  '|',
  '{',
  '&',
  '=',
  '\u00e9',
  '443',
  '2e',
  '25',
);
const texts = fc.oneof(
  fc.array(pieces, { maxLength: 12 }).map((list) => list.join('')),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme-ascii' }),
  fc.webUrl(),
);

describe.each([
  ['/v1', rule],
  ['', bare],
])('with path_prefix %j', (prefix, one) => {
  it('every text stays below the prefix, or is an OriginError', () => {
    fc.assert(
      fc.property(texts, (text) => {
        let target: ReturnType<typeof one.resolve>;
        try {
          target = one.resolve(text);
        } catch (error) {
          expect(error).toBeInstanceOf(OriginError);
          return;
        }
        const url = new URL(target.href);
        expect(url.href).toBe(target.href);
        expect(url.origin).toBe(origin);
        expect(url.username + url.password + url.hash).toBe('');
        expect(target.origin + target.path).toBe(target.href);
        expect(`${url.pathname}/`.startsWith(`${prefix}/`)).toBe(true);
        let decoded = url.pathname;
        for (let round = 0; round < 12; round += 1)
          decoded = decoded.replace(/%([0-7][\da-f])/gi, (_, hex) => String.fromCharCode(Number(`0x${hex}`)));
        expect(decoded.split(/[/\\]/).map((segment) => segment.split(';')[0])).not.toContain('..');
        expect(one.allows(url)).toBe(true);
        expect(() => one.check(target.href)).not.toThrow();
        expect(() => one.checkParts(target.origin, target.path)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });
});

describe('check(url), allows(url)', () => {
  it.each([`${origin}/v1/x`, `${origin}/v1`, `${origin}/v1/?x#y`, `${origin}/v1/a%20b`])('lets %s pass', (href) => {
    expect(() => rule.check(href)).not.toThrow();
    expect(() => rule.check(new URL(href))).not.toThrow();
    expect(rule.allows(new URL(href))).toBe(true);
  });

  it.each([
    'https://evil.example/v1/x',
    'http://billing.example.com/v1/x',
    `${origin}:8443/v1/x`,
    `${origin}/apix`,
    `${origin}/v1x`,
    `${origin}/v1/..%2fx`,
    'https://u:p@billing.example.com/v1/x',
    'blob:https://billing.example.com/v1',
  ])('refuses %s (RFC 9700 §4.9.1)', (href) => {
    expect(() => rule.check(href)).toThrow(OriginError);
    expect(() => rule.check(new URL(href))).toThrow(OriginError);
    expect(rule.allows(new URL(href))).toBe(false);
  });

  it('refuses what is not absolute', () => {
    for (const text of ['/v1/x', 'x', '', '//billing.example.com/v1/x'])
      expect(() => rule.check(text)).toThrow(OriginError);
  });
});

describe('checkParts(origin, path)', () => {
  it('lets the backend pass', () => {
    expect(() => rule.checkParts(origin, '/v1/x?y')).not.toThrow();
    expect(() => rule.checkParts(new URL(origin), '/v1')).not.toThrow();
    expect(() => rule.checkParts('https://BILLING.example.com:443/', '/v1?y')).not.toThrow();
  });

  it.each([
    [undefined, '/v1/x'],
    [origin, undefined],
    [origin, ''],
    [origin, 'v1/x'],
    [origin, `${origin}/v1/x`],
    [origin, '/x'],
    [origin, '/v1x'],
    [origin, '/v1/../x'],
    [origin, '/v1/%2e%2e/x'],
    [origin, '/v1/#/../../x'],
    [origin, '/v1\\..\\x'],
    [origin, '/v1/x\r\nHost: evil'],
    ['https://evil.example', '/v1/x'],
    ['http://billing.example.com', '/v1/x'],
    [`${origin}/v1`, '/v1/x'],
    ['https://u:p@billing.example.com', '/v1/x'],
    ['nonsense', '/v1/x'],
    [new URL('https://evil.example'), '/v1/x'],
  ])('refuses %s %j, which would be sent as it is', (given, path) => {
    expect(() => rule.checkParts(given, path)).toThrow(OriginError);
  });
});
