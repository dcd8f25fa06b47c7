import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { certificateAuthority } from 'test-servers/certificates';
import { oauth2Of, problemsOfOAuth2, warningsOf } from './outcome.js';
import { unfrozen } from './unfrozen.js';

const folder = mkdtempSync(join(tmpdir(), 'signing-'));
afterAll(() => rmSync(folder, { recursive: true }));
const written = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export(pkcs8).toString();
const ed25519 = generateKeyPairSync('ed25519').privateKey.export(pkcs8).toString();
const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export(pkcs8).toString();
const pem = p256.privateKey.export(pkcs8).toString();
const jwk = { ...p256.privateKey.export({ format: 'jwk' }), kid: 'k1' };
const publicPem = p256.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const encrypted = p256.privateKey.export({ ...pkcs8, cipher: 'aes-256-cbc', passphrase: 'x' }).toString();
const legacy = p256.privateKey
  .export({ type: 'sec1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
  .toString();
const authority = certificateAuthority();
const rsa = authority.client('shop');
const keyFile = written('key', pem);
const secretFile = written('secret', `${'s'.repeat(32)}\n`);

const SECRET = 's'.repeat(64);
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const endpoint = { token_endpoint: 'https://as.example.com/token', issuer: 'https://as.example.com' };
const machine = { ...endpoint, grant_type: 'client_credentials', client_id: 'shop' };
const es256 = { signature_algorithm: 'ES256', key: pem, ttl: '1m' };
const hs256 = { signature_algorithm: 'HS256', ttl: '1m' };

const privateKeyJwt = (profile?: object) => ({
  ...machine,
  token_endpoint_auth_method: 'private_key_jwt',
  jwt_signing_profile: profile,
});
const secretJwt = (profile?: object, client: object = { client_secret: SECRET }) => ({
  ...machine,
  ...client,
  token_endpoint_auth_method: 'client_secret_jwt',
  jwt_signing_profile: profile,
});
const assertion = (profile?: object) => ({ ...endpoint, grant_type: JWT_BEARER, jwt_signing_profile: profile });

type Row = readonly [oauth2: object, problems: readonly (readonly [path: string, message: string])[]];

function expectProblems(oauth2: object, expected: Row[1]): void {
  expect(problemsOfOAuth2(oauth2)).toEqual(
    expected.map(([path, message]) => ({ path: `a.oauth2.${path}`, message: expect.stringContaining(message) })),
  );
}

describe('jwt_signing_profile', () => {
  it('means a signing for the client, or for the assertion', () => {
    expect(oauth2Of(privateKeyJwt(es256))).toMatchObject({
      clientAuth: 'private_key_jwt',
      signingFor: 'client',
      signing: { algorithm: 'ES256', key: { kind: 'inline', material: pem }, ttl: 60, claims: {}, headers: {} },
    });
    const byFile = { ...es256, key: undefined, key_file: keyFile };
    expect(oauth2Of(assertion(byFile))).toMatchObject({
      signingFor: 'assertion',
      signing: { key: { kind: 'file', file: keyFile } },
    });
    const both = { ...privateKeyJwt(es256), grant_type: JWT_BEARER, assertion: 'a.b.c' };
    expect(oauth2Of(both)).toMatchObject({ signingFor: 'client', assertion: 'a.b.c' });
    const beside = { ...assertion(es256), client_id: 'shop', client_secret: 's' };
    expect(oauth2Of(beside)).toMatchObject({ signingFor: 'assertion', clientAuth: 'client_secret_basic' });
  });

  it('has no key of its own with client_secret_jwt', () => {
    const resolved = oauth2Of(secretJwt(hs256));
    expect(resolved).toMatchObject({ signingFor: 'client', clientSecret: SECRET, signing: { algorithm: 'HS256' } });
    expect(resolved.signing).not.toHaveProperty('key');
  });

  it('keeps functions, and frozen copies of objects', () => {
    const claims = () => ({});
    const headers = () => ({});
    expect(oauth2Of(privateKeyJwt({ ...es256, claims, headers })).signing).toMatchObject({ claims, headers });
    const given = { aud: ['a'], deep: { list: [1, null, true] } };
    const { signing } = oauth2Of(privateKeyJwt({ ...es256, key: jwk, claims: given, headers: { kid: 'x' } }));
    expect(signing).toMatchObject({ key: { material: jwk }, claims: given, headers: { kid: 'x' } });
    given.aud.push('b');
    given.deep.list.push(2);
    expect(signing?.claims).toEqual({ aud: ['a'], deep: { list: [1, null, true] } });
    expect(unfrozen(signing)).toEqual([]);
  });

  it('keeps a claim called __proto__ as data', () => {
    const claims = JSON.parse('{"__proto__":{"iss":"x"}}') as object;
    const kept = oauth2Of(privateKeyJwt({ ...es256, claims })).signing?.claims;
    expect(JSON.stringify(kept)).toBe('{"__proto__":{"iss":"x"}}');
  });

  it.each([
    ['1s', 1],
    ['1001ms', 2],
    ['1h', 3600],
  ])('has a ttl of whole seconds, rounded up: %s', (ttl, seconds) => {
    expect(oauth2Of(privateKeyJwt({ ...es256, ttl })).signing?.ttl).toBe(seconds);
  });

  it.each<Row>([
    [privateKeyJwt(), [['jwt_signing_profile', 'is missing: "private_key_jwt" signs with it']]],
    [secretJwt(), [['jwt_signing_profile', 'is missing: "client_secret_jwt" signs with it']]],
    [{ ...machine, client_secret: 's', jwt_signing_profile: es256 }, [['jwt_signing_profile', 'does nothing here']]],
    [{ ...assertion(es256), assertion: 'a.b.c' }, [['jwt_signing_profile', 'does nothing here']]],
    [{ ...privateKeyJwt(es256), grant_type: JWT_BEARER }, [['assertion', 'belongs to "private_key_jwt"']]],
    [
      { ...assertion({ ...es256, claims: { exp: 1 } }), client_id: 'shop', token_endpoint_auth_method: 'x' },
      [['token_endpoint_auth_method', 'must be one of']],
    ],
    [
      { ...endpoint, client_id: 'shop', client_secret: 's', jwt_signing_profile: es256 },
      [['grant_type', 'is missing']],
    ],
    [privateKeyJwt([]), [['jwt_signing_profile', 'must be an object, not an array']]],
    [privateKeyJwt({ ...es256, alg: 'x' }), [['jwt_signing_profile.alg', 'unknown attribute']]],
    [
      privateKeyJwt({}),
      [
        ['jwt_signing_profile.signature_algorithm', 'is missing: one of HS256'],
        ['jwt_signing_profile.ttl', 'is missing: duration'],
        ['jwt_signing_profile.key', 'is missing: is the environment variable set?'],
      ],
    ],
    [{ ...privateKeyJwt(es256), client_secret: 's' }, [['client_secret', 'does not go with']]],
    [
      privateKeyJwt({ ...es256, key_file: keyFile }),
      [['jwt_signing_profile.key_file', 'is given beside "key": give one of them']],
    ],
    [secretJwt({ ...hs256, key: SECRET }), [['jwt_signing_profile.key', 'the client secret is the key']]],
    [secretJwt({ ...hs256, key_file: keyFile }), [['jwt_signing_profile.key_file', 'the client secret is the key']]],
  ])('stands where it serves, with what it needs: %#', expectProblems);

  it.each<Row>([
    ...['none', 'None', 'NONE', 'nOnE', '', 'HS1', 'es256', null, 7].map(
      (signature_algorithm): Row => [
        privateKeyJwt({ ...es256, signature_algorithm }),
        [['jwt_signing_profile.signature_algorithm', 'must be one of "HS256"']],
      ],
    ),
    [
      privateKeyJwt({ ...hs256, key: SECRET }),
      [['jwt_signing_profile.signature_algorithm', 'must not be HS* with "private_key_jwt"']],
    ],
    [
      secretJwt({ ...hs256, signature_algorithm: 'RS256' }),
      [['jwt_signing_profile.signature_algorithm', 'must be HS256, HS384 or HS512 with "client_secret_jwt"']],
    ],
  ])('has an algorithm that fits its use (rules 33 and 34): %#', expectProblems);

  it.each<Row>([
    ...(
      [
        ['ES256', p384, 'curve'],
        ['ES384', pem, 'curve'],
        ['RS256', short, '2048'],
        ['PS256', pem, 'RSA'],
        ['EdDSA', pem, 'Ed25519'],
        ['ES256', ed25519, 'EC'],
        ['ES256', publicPem, 'public'],
        ['ES256', encrypted, 'encrypted'],
        ['ES256', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----', 'PEM'],
        ['ES256', { kty: 'EC' }, 'public'],
        ['HS256', publicPem, 'HMAC'],
        ['HS256', '', 'is the environment variable set?'],
        ['ES256', 7, 'must be a string or a JWK'],
        ['ES256', () => pem, 'must be a string or a JWK'],
      ] satisfies [string, unknown, string][]
    ).map(
      ([signature_algorithm, key, message]): Row => [
        assertion({ ...es256, signature_algorithm, key }),
        [['jwt_signing_profile.key', message]],
      ],
    ),
    [
      assertion({ ...es256, key: undefined, key_file: written('short', short), signature_algorithm: 'RS256' }),
      [['jwt_signing_profile.key_file', '2048']],
    ],
    [assertion({ ...es256, key: undefined, key_file: folder }), [['jwt_signing_profile.key_file', 'is no file']]],
    [secretJwt(hs256, { client_secret: pem.trim().replaceAll('\n', ' ') }), [['client_secret', 'HMAC']]],
  ])('has a key that fits the algorithm (rules 36 and 37): %#', expectProblems);

  it.each<Row>([
    [privateKeyJwt({ ...es256, ttl: '999ms' }), [['jwt_signing_profile.ttl', 'at least "1s"']]],
    [privateKeyJwt({ ...es256, ttl: '0s' }), [['jwt_signing_profile.ttl', 'more than 0']]],
    [privateKeyJwt({ ...es256, ttl: 60 }), [['jwt_signing_profile.ttl', 'not a number']]],
    [privateKeyJwt({ ...es256, ttl: '1h1ms' }), [['jwt_signing_profile.ttl', 'at most "1h"']]],
    ...['iss', 'sub', 'iat', 'exp', 'jti'].map(
      (name): Row => [
        privateKeyJwt({ ...es256, claims: { [name]: 'x' } }),
        [[`jwt_signing_profile.claims.${name}`, 'is set by the client itself']],
      ],
    ),
    ...['', [], [''], ['a', 1], {}, null, 7].map(
      (aud): Row => [
        privateKeyJwt({ ...es256, claims: { aud } }),
        [['jwt_signing_profile.claims.aud', 'must be a string or an array of strings']],
      ],
    ),
    [assertion({ ...es256, claims: { exp: 1 } }), [['jwt_signing_profile.claims.exp', 'is set by "ttl"']]],
    [privateKeyJwt({ ...es256, claims: 'x' }), [['jwt_signing_profile.claims', 'an object or a function']]],
    [privateKeyJwt({ ...es256, claims: null }), [['jwt_signing_profile.claims', 'not null']]],
    [
      privateKeyJwt({ ...es256, claims: { a: { b: [1n] } } }),
      [['jwt_signing_profile.claims.a.b[0]', 'a value that JSON can hold, not a bigint']],
    ],
    [privateKeyJwt({ ...es256, claims: { a: Number.NaN } }), [['jwt_signing_profile.claims.a', 'a finite number']]],
    [privateKeyJwt({ ...es256, claims: { a: new Date() } }), [['jwt_signing_profile.claims.a', 'a plain object']]],
    ...['alg', 'b64', 'crit'].map(
      (name): Row => [
        privateKeyJwt({ ...es256, headers: { [name]: 'x' } }),
        [[`jwt_signing_profile.headers.${name}`, 'cannot be set here']],
      ],
    ),
    [privateKeyJwt({ ...es256, headers: [] }), [['jwt_signing_profile.headers', 'an object or a function']]],
  ])('says nothing that is not its own to say (rules 22 and 23): %#', expectProblems);

  it('has no more than its claims and ttl to keep to for an assertion', () => {
    const claims = { iss: 'i', sub: 's', aud: 7, iat: 1, jti: 'j' };
    expect(oauth2Of(assertion({ ...es256, ttl: '24h', claims })).signing).toMatchObject({ ttl: 86_400, claims });
    expect(warningsOf(assertion({ ...es256, ttl: '24h', claims }))).toEqual([]);
  });

  it.each([
    ['key', (json: string) => ({ key: JSON.parse(json) })],
    ['key as text', (json: string) => ({ key: json })],
    ['key_file', (json: string) => ({ key: undefined, key_file: written('account.json', json) })],
  ])("takes a service account's JSON as %s", (_, given) => {
    const account = {
      type: 'service_account',
      private_key_id: 'id-1',
      private_key: rsa.key,
      client_email: 'robot@shop',
    };
    const profile = { ...es256, signature_algorithm: 'RS256', ...given(JSON.stringify(account)) };
    expect(problemsOfOAuth2(assertion(profile))).toEqual([]);
    const wrong = given(JSON.stringify({ ...account, private_key: undefined }));
    expect(problemsOfOAuth2(assertion({ ...profile, ...wrong }))).toEqual([
      {
        path: expect.stringMatching(/^a\.oauth2\.jwt_signing_profile\.key(_file)?$/),
        message: 'is neither a JWK nor a service account\'s key with "private_key"',
      },
    ]);
  });

  it('opens an encrypted key with its passphrase, and keeps a certificate by its file', () => {
    const file = written('passphrase', ' x\n');
    const certificate = written('certificate', rsa.cert);
    expect(oauth2Of(assertion({ ...es256, key: encrypted, key_passphrase: 'x' })).signing).toMatchObject({
      keyPassphrase: 'x',
    });
    expect(oauth2Of(assertion({ ...es256, key: encrypted, key_passphrase_file: file })).signing).toMatchObject({
      keyPassphrase: { file },
    });
    const profile = { ...es256, signature_algorithm: 'PS256', key: rsa.key, certificate_file: certificate };
    expect(oauth2Of(privateKeyJwt(profile)).signing).toMatchObject({ certificateFile: certificate });
    const replaced = { key: encrypted, key_passphrase_file: '/nowhere', certificate_file: '/nowhere' };
    expect(problemsOfOAuth2(assertion({ ...es256, ...replaced }), ['a'])).toEqual([]);
  });

  it.each<Row>([
    [assertion({ ...es256, key: encrypted }), [['jwt_signing_profile.key', '"key_passphrase"']]],
    [
      assertion({ ...es256, key: encrypted, key_passphrase: 'y' }),
      [['jwt_signing_profile.key_passphrase', 'does not open the key']],
    ],
    [
      assertion({ ...es256, key: encrypted, key_passphrase_file: secretFile }),
      [['jwt_signing_profile.key_passphrase_file', 'does not open the key']],
    ],
    [
      assertion({ ...es256, key: encrypted, key_passphrase: '' }),
      [['jwt_signing_profile.key_passphrase', 'is the environment variable set?']],
    ],
    [
      assertion({ ...es256, key: encrypted, key_passphrase_file: folder }),
      [['jwt_signing_profile.key_passphrase_file', 'is no file']],
    ],
    [
      assertion({ ...es256, key: encrypted, key_passphrase: 'x', key_passphrase_file: secretFile }),
      [['jwt_signing_profile.key_passphrase_file', 'is given beside "key_passphrase"']],
    ],
    [
      assertion({ ...es256, key_passphrase: 'x' }),
      [['jwt_signing_profile.key_passphrase', 'does nothing: the key is not encrypted']],
    ],
    [
      assertion({ ...es256, key: jwk, key_passphrase_file: secretFile }),
      [['jwt_signing_profile.key_passphrase_file', 'does nothing: the key is not encrypted']],
    ],
    [
      assertion({ ...es256, key: legacy, key_passphrase: 'x' }),
      [['jwt_signing_profile.key', 'convert it: openssl pkcs8 -topk8']],
    ],
    [
      assertion({ ...hs256, key: SECRET, key_passphrase: 'x', certificate_file: keyFile }),
      [
        ['jwt_signing_profile.key_passphrase', 'does nothing: HS* signs with a shared secret'],
        ['jwt_signing_profile.certificate_file', 'does nothing: HS* signs with a shared secret'],
      ],
    ],
    [
      secretJwt({ ...hs256, key_passphrase_file: secretFile, certificate_file: keyFile }),
      [
        ['jwt_signing_profile.key_passphrase_file', 'the client secret is the key'],
        ['jwt_signing_profile.certificate_file', 'the client secret is the key'],
      ],
    ],
    [
      assertion({ ...es256, certificate_file: written('other', rsa.cert) }),
      [['jwt_signing_profile.certificate_file', 'holds a certificate (the first one of several) of another key']],
    ],
    [
      assertion({ ...es256, certificate_file: keyFile }),
      [['jwt_signing_profile.certificate_file', 'holds no certificate in PEM']],
    ],
    [
      assertion({ ...es256, certificate_file: '/nowhere' }),
      [['jwt_signing_profile.certificate_file', 'does not exist']],
    ],
  ])('has a passphrase and a certificate that go with the key: %#', expectProblems);

  it('refuses claims that are too many or too deep, once', () => {
    const list = Array.from({ length: 600 }, () => 1);
    const many = { a: list, b: list };
    expectProblems(privateKeyJwt({ ...es256, claims: many }), [['jwt_signing_profile.claims.b[398]', 'too much']]);
    const cyclic: Record<string, unknown> = {};
    cyclic['a'] = cyclic;
    const path = `jwt_signing_profile.claims${'.a'.repeat(16)}`;
    expectProblems(privateKeyJwt({ ...es256, claims: cyclic }), [[path, 'too much']]);
  });

  it('warns of a long life of a client assertion (rule 23)', () => {
    expect(warningsOf(privateKeyJwt({ ...es256, ttl: '5m' }))).toEqual([]);
    expect(warningsOf(privateKeyJwt({ ...es256, ttl: '5m1s' }))).toEqual([
      'a.oauth2.jwt_signing_profile.ttl: a client assertion should not live longer than 5 minutes',
    ]);
  });

  it('warns of a client assertion whose audience is the token endpoint (RFC 10070)', () => {
    const bare = (profile: object, oauth2 = {}) => ({ ...privateKeyJwt(profile), issuer: undefined, ...oauth2 });
    const warning = [
      'a.oauth2: without "issuer" client assertions name the token endpoint as their audience, which servers may refuse (RFC 10070)',
    ];
    expect(warningsOf(bare(es256))).toEqual(warning);
    expect(warningsOf(bare({ ...es256, claims: { tenant: 't' } }))).toEqual(warning);
    expect(warningsOf({ ...secretJwt(hs256), issuer: undefined })).toEqual(warning);
    expect(warningsOf(bare({ ...es256, claims: { aud: 'x' } }))).toEqual([]);
    expect(warningsOf(bare({ ...es256, claims: () => ({ aud: 'x' }) }))).toEqual([]);
    expect(warningsOf({ ...assertion(es256), issuer: undefined })).toEqual([]);
  });

  it('warns of a secret that is shorter than the hash (rule 35)', () => {
    const short31 = 's'.repeat(31);
    const warning = (path: string, bytes: number, algorithm: string) => [
      `a.oauth2.${path}: is shorter than ${bytes} bytes, the length of ${algorithm} (RFC 7518 §3.2)`,
    ];
    expect(warningsOf(secretJwt(hs256, { client_secret: short31 }))).toEqual(warning('client_secret', 32, 'HS256'));
    expect(warningsOf(secretJwt(hs256, { client_secret: `${short31}s` }))).toEqual([]);
    expect(warningsOf(secretJwt(hs256, { client_secret: () => 's' }))).toEqual([]);
    expect(warningsOf(secretJwt(hs256, { client_secret_file: secretFile }))).toEqual([]);
    expect(warningsOf(assertion({ ...hs256, key: `ä${'s'.repeat(45)}`, signature_algorithm: 'HS384' }))).toEqual(
      warning('jwt_signing_profile.key', 48, 'HS384'),
    );
    expect(warningsOf(assertion({ ...hs256, key_file: secretFile, signature_algorithm: 'HS512' }))).toEqual(
      warning('jwt_signing_profile.key_file', 64, 'HS512'),
    );
    // Bytes count, not characters.
    expect(warningsOf(assertion({ ...hs256, key: `ä${'s'.repeat(30)}` }))).toEqual([]);
    // A trailing newline is no part of it.
    expect(warningsOf(assertion({ ...hs256, key_file: written('short31', `${short31}\n`) }))).toHaveLength(1);
  });

  it('needs no key where options.tokens gives the tokens, but keeps its rules', () => {
    const missing = { ...es256, key: undefined };
    expect(oauth2Of(privateKeyJwt(missing), ['a']).signing).not.toHaveProperty('key');
    expect(oauth2Of(privateKeyJwt({ ...missing, key_file: '/nowhere' }), ['a'])).toMatchObject({
      signing: { key: { file: '/nowhere' } },
    });
    expect(problemsOfOAuth2({ ...privateKeyJwt(es256), grant_type: JWT_BEARER }, ['a'])).toEqual([]);
    const wrong = problemsOfOAuth2(privateKeyJwt({ ...es256, key: p384, ttl: '2h' }), ['a']);
    expect(wrong.map(({ path }) => path)).toEqual([
      'a.oauth2.jwt_signing_profile.key',
      'a.oauth2.jwt_signing_profile.ttl',
    ]);
  });
});
