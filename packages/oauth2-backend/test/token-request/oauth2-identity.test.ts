import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { identityOf } from '../../src/token-request/oauth2-identity.js';
import { oauth2Of } from '../definitions/outcome.js';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
let folder: string;
let fileA: string;
let fileB: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'identity-'));
  [fileA, fileB] = [join(folder, 'a'), join(folder, 'b')];
  for (const file of [fileA, fileB]) writeFileSync(file, 'a-secret-of-thirty-two-characters');
});
afterAll(() => rmSync(folder, { recursive: true }));

type Attributes = Readonly<Record<string, unknown>>;
const client: Attributes = {
  grant_type: 'client_credentials',
  token_endpoint: 'https://as.example/token',
  client_id: 'shop',
  client_secret: 'secret-a',
};
const owner: Attributes = { ...client, grant_type: 'password', username: 'ann', password: 'pass-a' };
const bearer: Attributes = {
  grant_type: JWT_BEARER,
  token_endpoint: 'https://as.example/token',
  assertion: 'a.b.c',
};
const profile = { signature_algorithm: 'HS256', key: 'a-key-of-at-least-thirty-two-characters', ttl: '60s' };
const { assertion: _, ...withoutAssertion } = bearer;
const signed: Attributes = { ...withoutAssertion, jwt_signing_profile: { ...profile, claims: { sub: 'ann' } } };
const profiled = (changes: Attributes): Attributes => ({
  jwt_signing_profile: { ...profile, claims: { sub: 'ann' }, ...changes },
});
const through = (changes: Attributes): Attributes => ({ backend: { origin: 'https://as.example', ...changes } });
const identity = (attributes: Attributes) => identityOf(oauth2Of(attributes));
const secretA = () => 's';
const secretB = () => 's';

describe('identityOf(oauth2)', () => {
  it.each<[string, Attributes, Attributes]>([
    ['token_endpoint', client, { token_endpoint: 'https://as.example/token2' }],
    ['the query of token_endpoint', client, { token_endpoint: 'https://as.example/token?tenant=a' }],
    ['client_id', client, { client_id: 'shop2' }],
    ['client_secret', client, { client_secret: 'secret-b' }],
    ['token_endpoint_auth_method', client, { token_endpoint_auth_method: 'client_secret_post' }],
    ['basic_encoding', client, { basic_encoding: 'raw' }],
    ['scope', client, { scope: 'read' }],
    ['issuer', client, { issuer: 'https://as.example' }],
    ['a parameter', client, { params: { audience: 'a' } }],
    ['grant_type', owner, { grant_type: 'client_credentials', username: undefined, password: undefined }],
    ['username', owner, { username: 'bob' }],
    ['password', owner, { password: 'pass-b' }],
    ['assertion', bearer, { assertion: 'a.b.d' }],
    ['the client of an assertion', bearer, { client_id: 'shop', client_secret: 's' }],
    ['signature_algorithm', signed, profiled({ signature_algorithm: 'HS384', key: profile.key + profile.key })],
    ['key', signed, profiled({ key: 'b-key-of-at-least-thirty-two-characters' })],
    ['ttl', signed, profiled({ ttl: '61s' })],
    ['claims', signed, profiled({ claims: { sub: 'bob' } })],
    ['headers', signed, profiled({ headers: { kid: 'k' } })],
    ['a header of the token backend', client, through({ set_request_headers: { 'x-tenant': 'a' } })],
    ['a removed header', client, through({ remove_request_headers: ['accept'] })],
    ['its query', client, through({ set_query_params: { tenant: 'a' } })],
    ['its basic_auth', { ...owner, token_endpoint_auth_method: 'client_secret_post' }, through({ basic_auth: 'a:b' })],
    ['its hostname', client, through({ hostname: 'other.example' })],
    ['its proxy', client, through({ proxy: 'http://proxy.example:3128' })],
    ['its own oauth2', { ...client, token_endpoint_auth_method: 'client_secret_post' }, through({ oauth2: client })],
  ])('is another when %s differs', (_name, block, change) => {
    const other = identity({ ...block, ...change });
    expect(other).not.toBe(identity(block));
    expect(other).toBe(identity({ ...block, ...change }));
  });

  it('tells apart what is set, added and removed, and who proves himself to the proxy', () => {
    const variants: Attributes[] = [
      {},
      { set_request_headers: { x: 'a' } },
      { add_request_headers: { x: 'a' } },
      { set_request_headers: { x: ['a', 'b'] } },
      { set_request_headers: { x: ['b', 'a'] } },
      { set_request_headers: { x: 'ab' } },
      { set_query_params: { x: 'a' } },
      { add_query_params: { x: 'a' } },
      { remove_query_params: ['x'] },
      { proxy: 'http://proxy.example' },
      { proxy: 'http://ann:a@proxy.example' },
      { proxy: 'http://ann:b@proxy.example' },
    ];
    const digests = variants.map((changes) => identity({ ...client, ...through(changes) }));
    expect(new Set(digests).size).toBe(variants.length);
  });

  it('tells credentials from files and functions by their source, not by what it gives', () => {
    const { client_secret: _secret, ...anonymous } = client;
    const variants: Attributes[] = [
      { ...client, client_secret: 's' },
      { ...client, client_secret: secretA },
      { ...client, client_secret: secretB },
      { ...anonymous, client_secret_file: fileA },
      { ...anonymous, client_secret_file: fileB },
      { ...client, client_secret: fileA },
      { ...owner, password: secretA },
      { ...owner, password: secretB },
      { ...withoutAssertion, assertion: secretA },
      { ...withoutAssertion, assertion: secretB },
      { ...withoutAssertion, assertion_file: fileA },
      { ...withoutAssertion, assertion_file: fileB },
      { ...withoutAssertion, jwt_signing_profile: { ...profile, claims: () => ({}) } },
      { ...withoutAssertion, jwt_signing_profile: { ...profile, claims: () => ({}) } },
      { ...withoutAssertion, jwt_signing_profile: { ...profile, claims: {}, headers: () => ({}) } },
      { ...withoutAssertion, jwt_signing_profile: { ...profile, claims: {}, headers: () => ({}) } },
      { ...withoutAssertion, jwt_signing_profile: { ...profile, key: undefined, key_file: fileA, claims: {} } },
      { ...withoutAssertion, jwt_signing_profile: { ...profile, key: undefined, key_file: fileB, claims: {} } },
      { ...client, ...through({ set_request_headers: { x: secretA } }) },
      { ...client, ...through({ set_request_headers: { x: secretB } }) },
      { ...client, ...through({ set_request_headers: { y: secretA } }) },
      { ...client, ...through({ add_request_headers: { x: secretA } }) },
      { ...client, ...through({ set_query_params: { x: secretA } }) },
      { ...client, ...through({ add_query_params: { x: secretA } }) },
    ];
    const digests = variants.map(identity);
    expect(new Set(digests).size).toBe(variants.length);
    expect(variants.map(identity)).toEqual(digests);
    writeFileSync(fileA, 'rotated-secret-of-thirty-two-chars');
    expect(variants.map(identity)).toEqual(digests);
  });

  it('tells token sources of the token backend by which they are', () => {
    const source = () => ({ token: () => Promise.reject(new Error('never asked')) });
    const [a, b] = [source(), source()];
    const post = { ...client, token_endpoint_auth_method: 'client_secret_post' };
    const digest = (oauth2: object) => identity({ ...post, ...through({ oauth2 }) });
    expect(digest(a)).toBe(digest(a));
    expect(digest(a)).not.toBe(digest(b));
  });

  it('is the same for every order of the scopes, another for every other set', () => {
    const scopes = fc.uniqueArray(
      fc.string({ unit: fc.constantFrom('a', 'b', ':', '1'), minLength: 1, maxLength: 3 }),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    const digest = (scope: readonly string[]) => identity({ ...client, scope: scope.join(' ') });
    const permuted = scopes.chain((set) =>
      fc.tuple(fc.constant(set), fc.shuffledSubarray(set, { minLength: set.length }), scopes),
    );
    fc.assert(
      fc.property(permuted, ([set, turned, other]) => {
        expect(digest(turned)).toBe(digest(set));
        expect(digest(other) === digest(set)).toBe([...set].sort().join(' ') === [...other].sort().join(' '));
      }),
    );
  });

  it('never takes one block for another, however alike their texts join', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ':', '1'), minLength: 1, maxLength: 3 });
    const names = fc.constantFrom('audience', 'audienc', 'ea', 'a', 'ab');
    const blocks = fc.record({
      client_id: text,
      client_secret: text,
      username: text,
      password: text,
      params: fc.dictionary(names, fc.oneof(text, fc.array(text, { minLength: 2, maxLength: 3 })), {
        maxKeys: 3,
        noNullPrototype: true,
      }),
    });
    const same = (a: object, b: object) => JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));
    fc.assert(
      fc.property(blocks, blocks, (a, b) => {
        expect(identity({ ...owner, ...a }) === identity({ ...owner, ...b })).toBe(same(a, b));
      }),
      { numRuns: 500 },
    );
  });

  it('is the same whatever the order of parameters; that of the values of one counts', () => {
    const digest = (params: object) => identity({ ...client, params });
    expect(digest({ a: '1', b: '2' })).toBe(digest({ b: '2', a: '1' }));
    expect(digest({ audience: ['x', 'y'] })).not.toBe(digest({ audience: ['y', 'x'] }));
    expect(digest({ audience: ['x', 'y'] })).not.toBe(digest({ audience: 'xy' }));
  });

  it('is another for whatever the context adds', () => {
    const block = oauth2Of(bearer);
    const digests = [undefined, 'a', 'b', ['a'], { a: 'b' }].map((input) => identityOf(block, input));
    expect(new Set(digests).size).toBe(5);
  });

  it('does not look at what changes nothing in the request', () => {
    const settings = { retries: 5, default_ttl: '1m', renew_before: '10%' };
    expect(identity({ ...client, ...settings })).toBe(identity(client));
  });
});

function ordered(block: object): unknown {
  return Object.entries(block)
    .map(([name, value]) => [
      name,
      typeof value === 'object' ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)) : value,
    ])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}
