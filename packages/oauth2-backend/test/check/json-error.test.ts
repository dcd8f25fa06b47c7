import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonErrorIn } from '../../src/check/json-error.js';

describe('jsonErrorIn', () => {
  it.each<[string, [number, number]]>([
    ['', [1, 1]],
    ['x', [1, 1]],
    ['{"a":}', [1, 6]],
    ['{"a":1,}', [1, 8]],
    ['{a:1}', [1, 2]],
    ["{'a':1}", [1, 2]],
    ['[1,2', [1, 5]],
    ['[1 2]', [1, 4]],
    ['{\n"a": 1\n"b": 2}', [3, 1]],
    ['{\r\n"a": .5}', [2, 6]],
    ['"a\nb"', [1, 3]],
    ['"a\\x"', [1, 3]],
    ['true false', [1, 6]],
    ['{"a":1}}', [1, 8]],
    ['01', [1, 2]],
    ['// comment\n{}', [1, 1]],
  ])('tells where %j goes wrong', (text, [line, column]) => {
    expect(jsonErrorIn(text)).toEqual({ line, column });
  });

  it('takes lists in one another 100 000 deep', () => {
    expect(jsonErrorIn(`${'['.repeat(100_000)}x`)).toEqual({ line: 1, column: 100_001 });
  });

  it('finds nothing exactly where JSON.parse finds nothing', () => {
    const broken = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', ',', '"', '}', ']', '\n', '\\', '1', 'e', '\u2028', '\u0080', '{', '\t', '\ud800'),
      )
      .map(
        ([text, at, put]) =>
          `${text.slice(0, at % (text.length + 1))}${put}${text.slice((at % (text.length + 1)) + 1)}`,
      );
    fc.assert(
      fc.property(fc.oneof(fc.json(), broken), (text) => {
        expect(jsonErrorIn(text) === undefined).toBe(parses(text));
      }),
      { numRuns: 1_000 },
    );
  });
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
