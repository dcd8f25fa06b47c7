/** Whatever is given: a result or a ConfigurationError. */

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backendAttributes } from '../../src/definitions/attributes/backend.js';
import { oauth2Attributes } from '../../src/definitions/attributes/oauth2.js';
import { signingAttributes } from '../../src/definitions/attributes/signing.js';
import { tlsAttributes } from '../../src/definitions/attributes/tls.js';
import { CLIENT_AUTH_NAMES } from '../../src/definitions/client-auth-methods.js';
import { GRANT_TYPES } from '../../src/definitions/grant-types.js';
import { resolveDefinitions } from '../../src/definitions/resolve/definitions.js';
import type { Environment } from '../../src/definitions/resolve/environment-proxy.js';
import { ConfigurationError } from '../../src/errors.js';

function outcome(
  definitions: unknown,
  tokenNames: readonly string[] = ['a'],
  environment: Environment = {},
): 'resolved' | 'refused' {
  try {
    resolveDefinitions(definitions, tokenNames, environment);
    return 'resolved';
  } catch (error) {
    if (error instanceof ConfigurationError) return 'refused';
    throw error;
  }
}

const secret = 's'.repeat(32);
const ecKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

const texts = fc.constantFrom(
  'https://as.example.com',
  'https://as.example.com/token',
  'http://localhost:1',
  '/token',
  '/v1',
  ...GRANT_TYPES,
  ...CLIENT_AUTH_NAMES,
  'HS256',
  'ES256',
  secret,
  ecKey,
  'u:p',
  'http://u:p@proxy',
  import.meta.filename,
  '/',
  '/dev/zero',
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
  const oauth2 = members(Object.keys(oauth2Attributes), {
    backend: nested,
    jwt_signing_profile: members(Object.keys(signingAttributes), {}),
    params: anything,
  });
  return members(Object.keys(backendAttributes), { oauth2, tls: members(Object.keys(tlsAttributes), {}) });
}

function members(names: string[], blocks: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> {
  const name = fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...names) }, fc.string());
  const object = fc
    .tuple(fc.dictionary(name, simple), fc.record(blocks, { requiredKeys: [] }))
    .map(([all, own]) => ({ ...all, ...own }));
  return fc.oneof({ weight: 9, arbitrary: object }, simple);
}

describe('resolveDefinitions(whatever)', () => {
  it('resolves or refuses random configurations, and nothing else', () => {
    const definitions = fc.oneof(
      fc.dictionary(fc.constantFrom('a', 'b', 'then', '__proto__'), backends(2)),
      fc.anything({ withNullPrototype: true, withBoxedValues: true }),
    );
    const tokenNames = fc.subarray(['a', 'b', 'c']);
    const variable = fc.oneof(texts, fc.string(), fc.constant('*'));
    const environment = fc.dictionary(fc.constantFrom('HTTP_PROXY', 'https_proxy', 'NO_PROXY'), variable);
    fc.assert(
      fc.property(definitions, tokenNames, environment, (input, names, variables) => {
        expect(['resolved', 'refused']).toContain(outcome(input, names, variables));
      }),
      { numRuns: 2000 },
    );
  });

  it('resolves or refuses blocks whose attributes are each valid, and both happen', () => {
    const give = () => 'x';
    const optional = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined, freq: 1 });
    const profile = fc.record({
      signature_algorithm: fc.constantFrom('HS256', 'ES256'),
      key: optional(secret, ecKey),
      key_file: optional(import.meta.filename),
      ttl: fc.constantFrom('1m', '10m', '2h'),
      claims: optional<unknown>({ aud: 'x' }, { exp: 1 }, give),
      headers: optional<unknown>({ kid: 'x' }, give),
    });
    const block = fc.record({
      grant_type: fc.constantFrom(...GRANT_TYPES),
      token_endpoint: fc.constant('https://as/token'),
      token_endpoint_auth_method: optional(...CLIENT_AUTH_NAMES),
      client_id: optional('c'),
      client_secret: optional<unknown>(secret, give),
      client_secret_file: optional(import.meta.filename),
      username: optional('u'),
      password: optional('p'),
      assertion: optional<unknown>('a.b.c', give),
      subject: optional(give),
      jwt_signing_profile: fc.option(profile, { nil: undefined, freq: 1 }),
    });
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(block, fc.subarray(['a']), (oauth2, names) => {
        const found = outcome({ a: { origin: 'https://a', oauth2 } }, names);
        seen.set(found, (seen.get(found) ?? 0) + 1);
      }),
      { numRuns: 3000, seed: 4 },
    );
    expect(seen.get('resolved')).toBeGreaterThan(20);
    expect(seen.get('refused')).toBeGreaterThan(20);
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
