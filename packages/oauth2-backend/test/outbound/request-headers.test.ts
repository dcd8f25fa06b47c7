import { describe, expect, it } from '@jest/globals';
import { Headers as UndiciHeaders } from 'undici';
import { AuthorizationHeaderError } from '../../src/errors.js';
import {
  applyHeaderModifiers,
  assertOwnHeaders,
  headerPairs,
  headerRecord,
} from '../../src/outbound/request-headers.js';

const pairs = [
  ['a', '1'],
  ['b', '2'],
  ['b', '3'],
];

function* generated() {
  yield ['a', '1'];
  yield ['b', ['2', '3']];
}

const forms: [string, () => unknown][] = [
  ['plain object', () => ({ a: 1, b: ['2', 3], c: undefined, d: null })],
  ['object without prototype', () => Object.assign(Object.create(null), { a: '1', b: ['2', '3'] })],
  ['list of pairs', () => pairs],
  [
    'list of pairs with lists',
    () => [
      ['a', '1'],
      ['b', ['2', '3']],
      ['c', undefined],
    ],
  ],
  [
    'Map',
    () =>
      new Map<string, unknown>([
        ['a', '1'],
        ['b', ['2', '3']],
      ]),
  ],
  ['flat list', () => ['a', '1', 'b', '2', 'b', '3']],
  ['flat list with lists', () => ['a', '1', 'b', ['2', '3']]],
  ['generator', () => generated()],
  ['object with an iterator', () => ({ [Symbol.iterator]: generated })],
];

describe('headerPairs(headers)', () => {
  it.each(forms)('reads a %s', (_, headers) => {
    expect(headerPairs(headers())).toEqual(pairs);
  });

  it.each([
    ['global', Headers],
    ['undici', UndiciHeaders],
  ])('reads the %s Headers', (_, Class) => {
    const headers = new Class({ a: '1' });
    headers.append('set-cookie', 'x');
    headers.append('set-cookie', 'y');
    expect(headerPairs(headers)).toEqual([
      ['a', '1'],
      ['set-cookie', 'x'],
      ['set-cookie', 'y'],
    ]);
  });

  it('reads nothing as no headers, and keeps the spelling', () => {
    expect(headerPairs(undefined)).toEqual([]);
    expect(headerPairs(null)).toEqual([]);
    expect(headerPairs([])).toEqual([]);
    expect(headerPairs({})).toEqual([]);
    expect(headerPairs({ 'X-Id': '1' })).toEqual([['X-Id', '1']]);
  });

  it.each([
    ['s3cret'],
    [7],
    [['a', 's3cret', 'b']],
    [[['a', 's3cret'], ['b']]],
    [[['s3cret'], ['s3cret']]],
    [{ a: { s: 's3cret' } }],
    [new Set(['s3cret'])],
    [[7, 's3cret']],
  ])('refuses %j without showing it', (headers) => {
    expect(() => headerPairs(headers)).toThrow(TypeError);
    expect(() => headerPairs(headers)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('s3cret') }),
    );
  });
});

describe('assertOwnHeaders(headers)', () => {
  const field = { header: 'authorization', prefix: 'Bearer ' };
  const token = { name: 'billing', hasToken: true, field };

  it.each([
    'Authorization',
    'authorization',
    'AUTHORIZATION',
    ' authorization',
    'authorization\t',
    'Host',
    'hOST',
    'Proxy-Authorization',
  ])('refuses %j in every form, and never shows its value', (name) => {
    const value = 'Bearer s3cret';
    const headers: unknown[] = [
      { [name]: value },
      [[name, value]],
      [
        ['a', 'b'],
        [name, value],
      ],
      new Map([[name, value]]),
      [name, value],
      ['a', 'b', name, value],
      { [name]: [value] },
      { [Symbol.iterator]: () => [[name, value]].values() },
    ];
    if (name.trim() === name) headers.push(new Headers([[name, value]]), new UndiciHeaders([[name, value]]));
    for (const one of headers) {
      expect(() => assertOwnHeaders(one, token)).toThrow(AuthorizationHeaderError);
      expect(() => assertOwnHeaders(one, token)).toThrow(
        `a request through backend "billing" may not set ${name.trim().toLowerCase()}: the backend does`,
      );
    }
  });

  it('lets everything else pass', () => {
    for (const headers of [
      undefined,
      null,
      {},
      [],
      { 'x-authorization': '1', hostname: '2', accept: '3' },
      { authorization: undefined, host: null },
      new Headers({ accept: 'x' }),
    ]) {
      expect(() => assertOwnHeaders(headers, token)).not.toThrow();
    }
  });

  it('makes headers of the names that objects have already, and repeats them', () => {
    const names = ['constructor', '__proto__', 'tostring'];
    const pairs = [...names, ...names].map((name, index) => [name, String(index)]);
    const record = headerRecord(pairs, { name: 'api', hasToken: true, field });
    expect(Object.entries(record ?? {})).toEqual(names.map((name, index) => [name, [`${index}`, `${index + 3}`]]));
  });

  it('leaves a backend without a token alone', () => {
    expect(() =>
      assertOwnHeaders({ authorization: 'x', host: 'y' }, { name: 'billing', hasToken: false, field }),
    ).not.toThrow();
  });
});

describe('applyHeaderModifiers(headers)', () => {
  it('removes, then sets, then adds', () => {
    const headers: Record<string, string | string[]> = { gone: '1', kept: '2', list: ['3'], set: 'old' };
    applyHeaderModifiers(headers, {
      remove: ['gone', 'absent'],
      set: [
        ['set', ['new']],
        ['gone', ['back']],
        ['many', ['a', 'b']],
      ],
      add: [
        ['kept', ['4']],
        ['list', ['5', '6']],
        ['set', ['more']],
        ['fresh', ['7']],
        ['constructor', ['8']],
      ],
    });
    expect(headers).toEqual({
      gone: 'back',
      kept: ['2', '4'],
      list: ['3', '5', '6'],
      set: ['new', 'more'],
      many: ['a', 'b'],
      fresh: '7',
      constructor: '8',
    });
  });

  it('keeps no list of the configuration', () => {
    const values = Object.freeze(['a', 'b']);
    const headers: Record<string, string | string[]> = {};
    applyHeaderModifiers(headers, { remove: [], set: [['x', values]], add: [] });
    expect(headers['x']).toEqual(values);
    expect(headers['x']).not.toBe(values);
  });
});
