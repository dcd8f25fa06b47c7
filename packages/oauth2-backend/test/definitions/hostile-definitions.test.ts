/** Whatever is given: a result or a ConfigurationError. */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backendAttributes } from '../../src/definitions/backend-attributes.js';
import { oauth2Attributes } from '../../src/definitions/oauth2-attributes.js';
import { resolveDefinitions } from '../../src/definitions/resolve-definitions.js';
import { ConfigurationError } from '../../src/errors.js';

function outcome(definitions: unknown): 'resolved' | 'refused' {
  try {
    resolveDefinitions(definitions, ['a']);
    return 'resolved';
  } catch (error) {
    if (error instanceof ConfigurationError) return 'refused';
    throw error;
  }
}

const texts = fc.constantFrom(
  'https://as.example.com',
  'https://as.example.com/token',
  'http://localhost:1',
  '/token',
  '/v1',
  'client_credentials',
  'client_secret_post',
  'a',
  'b',
  '10s',
  '25%',
  '__proto__',
);

const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true });

const simple = fc.oneof(
  { weight: 6, arbitrary: texts },
  fc.string({ unit: 'binary' }),
  anything,
  fc.constantFrom<unknown>(true, 1, null, undefined, Symbol('s'), () => 'x'),
);

/** Backends with token backends nested in them `depth` times; most names are known ones. */
function backends(depth: number): fc.Arbitrary<unknown> {
  const nested = depth === 0 ? simple : backends(depth - 1);
  const oauth2 = members(Object.keys(oauth2Attributes), 'backend', nested);
  return members(Object.keys(backendAttributes), 'oauth2', oauth2);
}

function members(names: string[], blockName: string, block: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const name = fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...names) }, fc.string());
  const object = fc
    .tuple(fc.dictionary(name, simple), fc.option(block))
    .map(([all, own]) => (own === null ? all : { ...all, [blockName]: own }));
  return fc.oneof({ weight: 9, arbitrary: object }, simple);
}

describe('resolveDefinitions(whatever)', () => {
  it('resolves or refuses random configurations, and nothing else', () => {
    const definitions = fc.oneof(
      fc.dictionary(fc.constantFrom('a', 'b', 'then', '__proto__'), backends(2)),
      fc.anything({ withNullPrototype: true, withBoxedValues: true }),
    );
    fc.assert(
      fc.property(definitions, (input) => {
        expect(['resolved', 'refused']).toContain(outcome(input));
      }),
      { numRuns: 1000 },
    );
  });

  it('resolves exactly the random configurations that keep the rules', () => {
    const duration = fc
      .tuple(fc.integer({ min: 1, max: 999 }), fc.constantFrom('ms', 's', 'm'))
      .map((it) => it.join(''));
    const oauth2 = fc.record(
      {
        grant_type: fc.constant('client_credentials'),
        token_endpoint: fc.constant('https://as.example.com/token'),
        client_id: fc.stringMatching(/^[ -~äé€]+$/),
        client_secret: fc.stringMatching(/^[ -~äé€]+$/),
        scope: fc.stringMatching(/^(?:[a-z:]+(?: [a-z:]+)*)?$/),
        retries: fc.integer({ min: 0, max: 255 }),
        default_ttl: duration,
        renew_before: fc.oneof(
          duration,
          fc.integer({ min: 1, max: 90 }).map((it) => `${it}%`),
        ),
        backend: fc.record({ timeout: duration }, { requiredKeys: [] }),
      },
      { requiredKeys: ['grant_type', 'token_endpoint', 'client_id', 'client_secret'] },
    );
    const broken = fc.constantFrom('client_id', 'token_endpoint', 'grant_type');
    fc.assert(
      fc.property(oauth2, duration, broken, (block, timeout, missing) => {
        expect(outcome({ a: { origin: 'https://a', timeout, oauth2: block } })).toBe('resolved');
        expect(outcome({ a: { origin: 'https://a', timeout, oauth2: { ...block, [missing]: undefined } } })).toBe(
          'refused',
        );
      }),
    );
  });

  const fails = (): never => {
    throw new Error('hostile');
  };
  const revoked = (target: object): object => {
    const { proxy, revoke } = Proxy.revocable(target, {});
    revoke();
    return proxy;
  };
  const endless: object = new Proxy(
    {},
    {
      get: () => endless,
      ownKeys: () => ['oauth2', 'backend'],
      getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }),
    },
  );
  const length = (given: unknown) => new Proxy([], { get: (_, name) => (name === 'length' ? given : 'x') });
  const cyclic: Record<string, unknown> = {};
  cyclic['a'] = cyclic;

  it.each<[string, unknown]>([
    [
      'a getter that throws',
      {
        get a() {
          return fails();
        },
      },
    ],
    [
      'a getter that throws inside',
      {
        a: {
          get origin() {
            return fails();
          },
        },
      },
    ],
    [
      'a token getter that throws',
      {
        a: {
          origin: 'https://a',
          oauth2: {
            get token() {
              return fails();
            },
          },
        },
      },
    ],
    ['a Proxy whose ownKeys throws', { a: new Proxy({}, { ownKeys: fails }) }],
    ['a Proxy whose get throws', new Proxy({ a: 1 }, { get: fails })],
    ['a Proxy whose prototype throws', { a: new Proxy({}, { getPrototypeOf: fails }) }],
    ['a revoked Proxy', revoked({})],
    [
      'a revoked Proxy inside',
      { a: { origin: 'https://a', oauth2: revoked({}), remove_request_headers: revoked([]) } },
    ],
    ['a Proxy without end', { a: endless }],
    ['a Proxy of blocks only', endless],
    ['a cyclic object', cyclic],
    [
      'a sparse array of 4 billion entries',
      { a: { origin: 'https://a', remove_request_headers: Object.assign([], { length: 4_294_967_295 }) } },
    ],
    ['an array whose length is a symbol', { a: { origin: 'https://a', remove_request_headers: length(Symbol('x')) } }],
    [
      'an array whose length is an object',
      { a: { origin: 'https://a', remove_request_headers: length({ valueOf: fails }) } },
    ],
    ['an array whose length is negative', { a: { origin: 'https://a', set_request_headers: { a: length(-1) } } }],
    [
      'very many members',
      {
        a: {
          origin: 'https://a',
          set_request_headers: Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`h${i}`, 'x'])),
        },
      },
    ],
    ['very many wrong backends', Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`h${i}`, 1]))],
    ['symbols', { a: { origin: Symbol('x') } }],
    [
      'a very long text',
      {
        a: {
          origin: 'https://a',
          oauth2: { scope: `${'a '.repeat(1e6)}`, token_endpoint: `https://a/${'%25'.repeat(1e6)}` },
        },
      },
    ],
    ['inherited members', { a: Object.create({ origin: 'https://a' }) as unknown }],
    ['own __proto__ from JSON', JSON.parse('{"a":{"__proto__":{"origin":"https://a"}}}')],
  ])('refuses %s', (_, definitions) => {
    expect(outcome(definitions)).toBe('refused');
  });

  it('does not let a text of JSON reach a prototype', () => {
    const text = '{"a":{"origin":"https://a","set_request_headers":{"__proto__":"x"}}}';
    expect(resolveDefinitions(JSON.parse(text), []).backends[0]?.headers.set).toEqual([['__proto__', ['x']]]);
  });

  it('takes a scope of any length', () => {
    const oauth2 = {
      grant_type: 'client_credentials',
      client_id: 'c',
      client_secret: 's',
      scope: `${'a '.repeat(5e6)}a`,
    };
    const a = { origin: 'https://a', oauth2: { ...oauth2, token_endpoint: 'https://as/token' } };
    expect(outcome({ a })).toBe('resolved');
  });

  it('takes a null prototype and ignores symbols', () => {
    const a = Object.assign(Object.create(null), { origin: 'https://a', [Symbol('x')]: 1 });
    expect(outcome({ a })).toBe('resolved');
  });
});
