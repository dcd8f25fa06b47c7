import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { credentialDigest, digestOf, type IdentityPart, scopeSet } from '../../src/token-request/identity.js';

/** Text as it may come from anywhere: also with halves of surrogate pairs and with what canonical forms are made of. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('s', 'a', 'o', 'u', 'z', '0', '1', '2', ':', ';', ',', '"', '\0') }),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.integer({ min: 0xd7f0, max: 0xe010 }).map((code) => String.fromCharCode(code)) }),
);
const part: fc.Arbitrary<IdentityPart> = fc.letrec<{ part: IdentityPart }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('part'), { maxLength: 4 }),
    fc.dictionary(text, tie('part'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).part;

describe('digestOf(part)', () => {
  it('is the same for the same value and another for any other value', () => {
    fc.assert(
      fc.property(part, part, (a, b) => {
        expect(digestOf(a) === digestOf(b)).toBe(isDeepStrictEqual(a, b));
        expect(digestOf(structuredClone(a))).toBe(digestOf(a));
      }),
      { numRuns: 2_000 },
    );
  });

  it('never takes texts for others that join alike', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), fc.array(text, { maxLength: 5 }), (parts, cuts) => {
        const joined = parts.join('');
        const ends = cuts.map(({ length }) => Math.min(length, joined.length)).sort((a, b) => a - b);
        const others = [0, ...ends].map((start, index) => joined.slice(start, ends[index]));
        expect(others.join('')).toBe(joined);
        expect(digestOf(parts) === digestOf(others)).toBe(JSON.stringify(parts) === JSON.stringify(others));
      }),
    );
  });

  it.each<[string, IdentityPart, IdentityPart]>([
    ['texts cut elsewhere', ['ab', 'c'], ['a', 'bc']],
    ['a list and its text', ['a', 'b'], 'a,b'],
    ['a text that looks like two', ['as1:b'], ['a', 'b']],
    ['texts that hold the mark of a text', ['as:b', 'c'], ['a', 'bs:c']],
    ['a nested list', [['a'], 'b'], ['a', ['b']]],
    ['an empty list and none', { a: [] }, {}],
    ['an empty text and none', { a: '' }, {}],
    ['null and nothing', [null], [undefined]],
    ['null and its name', null, 'null'],
    ['a number and its text', 1, '1'],
    ['a switch and its text', true, 'true'],
    ['a member and a list', { a: 'b' }, ['a', 'b']],
    ['members that changed their values', { a: 'x', b: 'y' }, { a: 'y', b: 'x' }],
    ['a value under another name', { a: 'x' }, { b: 'x' }],
    ['halves of surrogate pairs', '\ud800', '\ud801'],
    ['half a pair and what stands for it', '\ud800', '\ufffd'],
    ['a member __proto__', JSON.parse('{"__proto__":{"a":"x"}}') as IdentityPart, {}],
  ])('tells apart %s', (_, a, b) => {
    expect(digestOf(a)).not.toBe(digestOf(b));
  });

  it('does not look at the order of members, nor at those that are undefined', () => {
    fc.assert(
      fc.property(fc.dictionary(text, part), (members) => {
        const turned = Object.fromEntries(Object.entries(members).reverse());
        expect(digestOf(turned)).toBe(digestOf(members));
      }),
    );
    expect(digestOf({ a: 'x', b: undefined })).toBe(digestOf({ a: 'x' }));
  });
});

describe('credentialDigest(credential)', () => {
  it('is another for another credential and holds nothing of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 8 }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(credentialDigest(a) === credentialDigest(b)).toBe(a === b);
        expect(credentialDigest(a)).not.toContain(a);
      }),
    );
  });

  it('is keyed: it is not the plain digest, which could be guessed at', () => {
    expect(credentialDigest('hunter2')).not.toBe('9S-9MrKz24-ezGzkYC5vM8BAZjb5MsjzmnNnSAB9tgw');
    expect(credentialDigest('hunter2')).not.toBe(digestOf('hunter2'));
  });
});

describe('scopeSet(scope)', () => {
  it('is a set: neither order nor repetition counts', () => {
    expect(scopeSet('b a b')).toEqual(['a', 'b']);
    expect(scopeSet(undefined)).toBeUndefined();
  });
});
