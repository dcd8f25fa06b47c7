import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import type { ResolvedOAuth2 } from '../../../src/definitions/resolved.js';
import type { ResolvedSigning } from '../../../src/definitions/resolved-credentials.js';
import { clientAuth } from '../../../src/token-request/client-auth/client-auth.js';
import type { TokenRequestDraft } from '../../../src/token-request/token-request-draft.js';
import { draftOf, resolvedOAuth2 } from '../../backends/resolved-oauth2.js';
import {
  ASYMMETRIC_ALGORITHMS,
  HMAC_ALGORITHMS,
  HMAC_SECRET,
  keyPair,
  pemOf,
  signingProfile,
  verifier,
} from '../../definitions/signing-keys.js';
import { manualClock } from '../../sources/manual-clock.js';

const clock = manualClock();
const now = Math.floor(clock.now() / 1000);

function part(changes: Partial<ResolvedOAuth2>) {
  return clientAuth({ backend: 'billing', oauth2: resolvedOAuth2({ signingFor: 'client', ...changes }), clock });
}
const byKey = (algorithm: string, profile: Partial<ResolvedSigning> = {}, changes: Partial<ResolvedOAuth2> = {}) =>
  part({ clientAuth: 'private_key_jwt', signing: signingProfile(algorithm, profile), ...changes });
const bySecret = (algorithm: string, changes: Partial<ResolvedOAuth2> = {}) => {
  const signing = { algorithm, ttl: 60, claims: {}, headers: {} };
  return part({ clientAuth: 'client_secret_jwt', signing, clientSecret: HMAC_SECRET, ...changes });
};
const assertionIn = ({ form }: TokenRequestDraft) => String(form['client_assertion']);
const claimsBy = async (written: ReturnType<typeof part>) => decodeJwt(assertionIn(await draftOf(written)));

describe.each([
  ['private_key_jwt', ASYMMETRIC_ALGORITHMS, byKey],
  ['client_secret_jwt', HMAC_ALGORITHMS, bySecret],
] as const)('%s', (_, algorithms, written) => {
  it.each(algorithms)('writes a client assertion signed with %s (RFC 7523 §2.2, §3)', async (algorithm) => {
    const draft = await draftOf(written(algorithm));
    expect(draft.form).toEqual({
      client_id: 'shop',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    });
    expect(draft.headers).toEqual({});
    expect(draft.secrets).toContain(assertionIn(draft));
    const { payload, protectedHeader } = await jwtVerify(assertionIn(draft), verifier(algorithm), {
      algorithms: [algorithm],
      currentDate: new Date(clock.now()),
    });
    expect(protectedHeader).toEqual({ typ: 'JWT', alg: algorithm });
    expect(payload).toEqual({
      iss: 'shop',
      sub: 'shop',
      aud: 'https://as.example/token',
      iat: now - 5,
      exp: now + 60,
      jti: expect.stringMatching(/^[\w-]{22,}$/),
    });
  });
});

describe('a client assertion', () => {
  it('names the issuer when it is known, and what claims name above all (RFC 10070)', async () => {
    const issuer = 'https://as.example';
    expect((await claimsBy(byKey('ES256', {}, { issuer }))).aud).toBe(issuer);
    expect((await claimsBy(byKey('ES256', { claims: { aud: 'x' } }, { issuer }))).aud).toBe('x');
    expect((await claimsBy(byKey('ES256', { claims: { aud: ['x'] } }, { issuer }))).aud).toEqual(['x']);
    expect((await claimsBy(byKey('ES256', { claims: async () => ({ aud: 'y' }) }, { issuer }))).aud).toBe('y');
  });

  it('says what it is beside an issuer, unless headers say otherwise (RFC 10070)', async () => {
    const issuer = 'https://as.example';
    const typOf = async (profile: Partial<ResolvedSigning>, changes: Partial<ResolvedOAuth2>) =>
      decodeProtectedHeader(assertionIn(await draftOf(byKey('ES256', profile, changes)))).typ;
    expect(await typOf({}, { issuer })).toBe('client-authentication+jwt');
    expect(await typOf({ headers: { typ: 'JWT' } }, { issuer })).toBe('JWT');
    expect(await typOf({ headers: () => ({ typ: 'x' }) }, { issuer })).toBe('x');
    expect(await typOf({}, {})).toBe('JWT');
    const { form } = await draftOf(bySecret('HS256', { issuer }));
    expect(decodeProtectedHeader(String(form['client_assertion'])).typ).toBe('client-authentication+jwt');
  });

  it('lets no function override iss, sub, iat, exp, jti (RFC 7523 §3)', async () => {
    const own = { iss: 'x', sub: 'x', iat: 1, exp: 2, jti: 'x' };
    const claims = await claimsBy(byKey('ES256', { claims: () => ({ ...own, tenant: 't' }) }));
    expect(claims).toEqual({
      iss: 'shop',
      sub: 'shop',
      aud: 'https://as.example/token',
      iat: now - 5,
      exp: now + 60,
      jti: expect.stringMatching(/^[\w-]{22,}$/),
      tenant: 't',
    });
  });

  it('gives functions no context', async () => {
    const seen: unknown[][] = [];
    const claims = (...given: unknown[]) => {
      seen.push(given.filter((value) => value !== undefined));
      return {};
    };
    await draftOf(byKey('ES256', { claims, headers: claims }), { context: {} as never });
    expect(seen).toEqual([[], []]);
  });

  it.each<[unknown]>([[''], [null], [7], [[]], [['a', '']]])('is not built for the audience %j', async (aud) => {
    await expect(claimsBy(byKey('ES256', { claims: () => ({ aud }) }))).rejects.toMatchObject({
      code: 'ERR_OAUTH2_NO_TOKEN',
      statusCode: 502,
    });
  });

  it('has another jti and exp each time, 10,000 times', async () => {
    const written = bySecret('HS256');
    const seen = new Set<unknown>();
    for (let count = 0; count < 10_000; count++) seen.add((await claimsBy(written)).jti);
    expect(seen.size).toBe(10_000);
    const before = await claimsBy(written);
    clock.pass(2_000);
    expect((await claimsBy(written)).exp).toBe((before.exp ?? 0) + 2);
    clock.pass(-2_000);
  }, 60_000);

  it('is signed with the key that the file holds now', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'assertion-'));
    const file = join(folder, 'key.pem');
    writeFileSync(file, pemOf(keyPair('RS256').privateKey));
    const written = byKey('RS256', { key: { kind: 'file', file } });
    await expect(
      jwtVerify(assertionIn(await draftOf(written)), verifier('RS256'), { currentDate: new Date(clock.now()) }),
    ).resolves.toBeDefined();
    writeFileSync(file, pemOf(keyPair('RS256').privateKey).slice(0, 500));
    await expect(
      jwtVerify(assertionIn(await draftOf(written)), verifier('RS256'), { currentDate: new Date(clock.now()) }),
    ).resolves.toBeDefined();
    rmSync(folder, { recursive: true });
  });

  it('keeps the client secret, which does not travel, out of errors too', async () => {
    expect((await draftOf(bySecret('HS256'))).secrets).toContain(HMAC_SECRET);
  });

  it.each([
    ['a PEM', pemOf(keyPair('RS256').privateKey), 'is a key for an asymmetric algorithm; HMAC needs a shared secret'],
    ['a JWK', '{"kty":"RSA"}', 'is a JWK; HMAC needs the secret itself'],
  ])('is not signed with %s that a function gives as the secret', async (_, secret, problem) => {
    await expect(draftOf(bySecret('HS256', { clientSecret: () => secret }))).rejects.toThrow(
      new Error(`client_secret of "billing" ${problem}`),
    );
  });
});
