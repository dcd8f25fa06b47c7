import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseChallenges } from '../../src/bearer/challenges.js';

function plain(header: string | readonly string[] | undefined) {
  return parseChallenges(header).map(({ scheme, params, token68 }) => [
    scheme,
    Object.fromEntries(params),
    ...(token68 === undefined ? [] : [token68]),
  ]);
}

describe('parseChallenges(header)', () => {
  it.each<[string | readonly string[] | undefined, unknown[]]>([
    [undefined, []],
    ['', []],
    [[], []],
    [' , ,, ', []],
    ['Bearer', [['bearer', {}]]],
    ['Bearer realm="a", error="invalid_token"', [['bearer', { realm: 'a', error: 'invalid_token' }]]],
    ['bearer ERROR=invalid_token', [['bearer', { error: 'invalid_token' }]]],
    ['Bearer error = "x" , scope="a b"', [['bearer', { error: 'x', scope: 'a b' }]]],
    [
      'Bearer realm="a",error="b",Basic realm="c"',
      [
        ['bearer', { realm: 'a', error: 'b' }],
        ['basic', { realm: 'c' }],
      ],
    ],
    [
      'Basic realm="c", Bearer',
      [
        ['basic', { realm: 'c' }],
        ['bearer', {}],
      ],
    ],
    [
      'Basic, Bearer error=x, Digest',
      [
        ['basic', {}],
        ['bearer', { error: 'x' }],
        ['digest', {}],
      ],
    ],
    [
      'Negotiate, NTLM',
      [
        ['negotiate', {}],
        ['ntlm', {}],
      ],
    ],
    [
      'Negotiate YII/a+b==, Bearer error="x"',
      [
        ['negotiate', {}, 'YII/a+b=='],
        ['bearer', { error: 'x' }],
      ],
    ],
    ['Negotiate abc', [['negotiate', {}, 'abc']]],
    [
      ['Bearer error="x"', 'DPoP algs="ES256 PS256"'],
      [
        ['bearer', { error: 'x' }],
        ['dpop', { algs: 'ES256 PS256' }],
      ],
    ],
    [['Bearer', 'realm="of nobody"'], [['bearer', {}]]],
    ['Bearer realm="a\\"b\\\\c, d=e"', [['bearer', { realm: 'a"b\\c, d=e' }]]],
    ['Bearer error="", scope=""', [['bearer', { error: '', scope: '' }]]],
  ])('reads %j (RFC 9110 §11.6.1)', (header, challenges) => {
    expect(plain(header)).toEqual(challenges);
  });

  it.each<[string, unknown[]]>([
    [
      'Bearer d="The "exp" claim", error="invalid_token"',
      [['bearer', { d: 'The "exp" claim', error: 'invalid_token' }]],
    ],
    [
      'Bearer d="not "a", "b" nor "c, d e f" here", error="x"',
      [['bearer', { d: 'not "a", "b" nor "c, d e f" here', error: 'x' }]],
    ],
    ['Bearer realm="a" error="x"', [['bearer', { realm: 'a', error: 'x' }]]],
    [
      'Bearer realm="a", Basic realm="b"',
      [
        ['bearer', { realm: 'a' }],
        ['basic', { realm: 'b' }],
      ],
    ],
    ['Bearer error="invalid_token', [['bearer', { error: 'invalid_token' }]]],
    ['Bearer error="x\\', [['bearer', { error: 'x' }]]],
    [
      'Bearer authorization_uri=https://as.example.com/x?y=z, error=x',
      [['bearer', { authorization_uri: 'https://as.example.com/x?y=z', error: 'x' }]],
    ],
    ['Bearer error="x", error="y"', [['bearer', { error: 'x' }]]],
    ['error="x"', []],
    ['= "" Bearer error=x', [['bearer', { error: 'x' }]]],
    [
      'Bearer __proto__="x", error="y"',
      [
        [
          'bearer',
          Object.fromEntries([
            ['__proto__', 'x'],
            ['error', 'y'],
          ]),
        ],
      ],
    ],
  ])('makes sense of %j (RFC 9110 §11.6.1)', (header, challenges) => {
    expect(plain(header)).toEqual(challenges);
  });

  it('reads back what was written by the grammar', () => {
    const token = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/);
    const value = fc.string({ unit: 'grapheme-ascii' });
    const challenge = fc.tuple(
      token,
      fc.uniqueArray(fc.tuple(token, value), { minLength: 1, selector: ([name]) => name }),
    );
    fc.assert(
      fc.property(fc.array(challenge), fc.constantFrom(', ', ',', ' , '), (challenges, comma) => {
        const header = challenges
          .map(
            ([scheme, params]) =>
              `${scheme} ${params.map(([name, text]) => `${name}="${text.replace(/["\\]/g, '\\$&')}"`).join(comma)}`,
          )
          .join(comma);
        expect(parseChallenges(header).map(({ scheme, params }) => [scheme, [...params]])).toEqual(challenges);
      }),
    );
  });

  it('never throws, and gives back no more than it got', () => {
    const piece = fc.constantFrom(
      'Bearer',
      ' ',
      ',',
      '"',
      '\\',
      '=',
      'error',
      'a',
      '\t',
      '/',
      '\u00fc',
      'x="y"',
      '==',
      '\n',
      '\0',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 30 }).map((list) => list.join('')),
    );
    fc.assert(
      fc.property(fc.oneof(text, fc.array(text)), (header) => {
        const found = parseChallenges(header);
        const size = found
          .flatMap(({ scheme, params, token68 = '' }) => [scheme, token68, ...[...params].flat()])
          .join('').length;
        expect(size).toBeLessThanOrEqual([header].flat().join('').length * 3);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    'a',
    'a,',
    'a ',
    '"',
    'a="',
    '" ',
    '",',
    '", a',
    '"a b',
    '\\',
    'a="\\"',
    ' ',
    ', ',
    '=',
    'a=',
    'Bearer error="x" , ',
    '\u00fc',
    'a b==',
  ])('takes a megabyte of %j in linear time, and bounds what it gives back', (unit) => {
    const bodies = [unit.repeat(1_000_000 / unit.length), `Bearer error="${unit.repeat(1_000_000 / unit.length)}`];
    const started = performance.now();
    for (const body of bodies) {
      expect(parseChallenges(body).length).toBeLessThanOrEqual(8192);
      expect(parseChallenges(Array.from({ length: 64 }, () => body.slice(0, 16_384))).length).toBeLessThanOrEqual(8192);
    }
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
