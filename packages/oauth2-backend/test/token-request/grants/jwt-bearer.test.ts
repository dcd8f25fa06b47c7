import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { decodeJwt, jwtVerify } from 'jose';
import type { RequestContext } from 'oauth2-backend';
import type { ResolvedOAuth2 } from '../../../src/definitions/resolved.js';
import type { ResolvedSigning } from '../../../src/definitions/resolved-credentials.js';
import { SIGNATURE_ALGORITHMS } from '../../../src/definitions/signing-key.js';
import { contextInput } from '../../../src/token-request/grants/context-input.js';
import { grant } from '../../../src/token-request/grants/grant.js';
import { draftOf, resolvedOAuth2 } from '../../backends/resolved-oauth2.js';
import { signingProfile, verifier } from '../../definitions/signing-keys.js';
import { manualClock } from '../../sources/manual-clock.js';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const context = { inbound: { user: 'ann' } } as RequestContext;

function block(changes: Partial<ResolvedOAuth2>): ResolvedOAuth2 {
  return resolvedOAuth2({ grantType: JWT_BEARER, ...changes });
}
const clock = manualClock();
const part = (changes: Partial<ResolvedOAuth2>) => grant({ backend: 'billing', oauth2: block(changes), clock });
const signed = (signing: ResolvedSigning) => part({ signing, signingFor: 'assertion' });
const assertionIn = ({ form }: { form: Record<string, unknown> }) => String(form['assertion']);

describe('the jwt-bearer grant with a given assertion', () => {
  it('writes grant_type, assertion and scope (RFC 7523 §2.1)', async () => {
    const draft = await draftOf(part({ assertion: 'a.b.c', scope: 'read' }));
    expect(draft.form).toEqual({ grant_type: JWT_BEARER, assertion: 'a.b.c', scope: 'read' });
    expect(draft.secrets).toEqual(['a.b.c']);
  });

  it('asks a function with the context', async () => {
    const assertion = async (given: RequestContext | undefined) => `a.${given?.inbound.user}.c`;
    expect(assertionIn(await draftOf(part({ assertion }), { context }))).toBe('a.ann.c');
    expect(assertionIn(await draftOf(part({ assertion })))).toBe('a.undefined.c');
  });

  it('reads a file for each request, trimmed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'assertion-'));
    const file = join(folder, 'token');
    writeFileSync(file, 'a.b.c\n');
    const written = part({ assertion: { file } });
    expect(assertionIn(await draftOf(written))).toBe('a.b.c');
    writeFileSync(file, 'd.e.f\n');
    expect(assertionIn(await draftOf(written))).toBe('d.e.f');
    rmSync(folder, { recursive: true });
  });

  it.each<[string, () => unknown, string]>([
    ['null', () => null, 'gave null'],
    ['nothing', async () => '', 'gave an empty string'],
    ['a number', () => 7, 'gave number'],
    ['an error', () => Promise.reject(new Error('no header')), 'threw'],
  ])('fails by name when the function gives %s', async (_, assertion, words) => {
    const failure = {
      code: 'ERR_OAUTH2_NO_TOKEN',
      statusCode: 502,
      message: `assertion of "billing" could not be had: its function ${words}`,
    };
    const given = { assertion: assertion as () => string };
    await expect(draftOf(part(given))).rejects.toMatchObject(failure);
    const ofNobody = words.startsWith('gave n') || words.startsWith('gave an');
    const missing = { code: 'ERR_OAUTH2_MISSING_SUBJECT', statusCode: 401 };
    await expect(contextInput(block(given), 'billing')?.(context)).rejects.toMatchObject(
      ofNobody && words !== 'gave number' ? missing : failure,
    );
  });

  it('does not evaluate again what was evaluated before', async () => {
    const assertion = jest.fn(async (given: RequestContext | undefined) => `a.${given?.inbound.user}.c`);
    const prepare = contextInput(block({ assertion }), 'billing');
    const input = await prepare?.(context);
    expect(assertionIn(await draftOf(part({ assertion }), { input }))).toBe('a.ann.c');
    expect(assertion.mock.calls).toEqual([[context]]);
    expect((await prepare?.(context))?.digest).toBe(input?.digest);
    expect((await prepare?.(undefined))?.digest).not.toBe(input?.digest);
  });
});

describe('the jwt-bearer grant with a profile', () => {
  it.each(SIGNATURE_ALGORITHMS)('signs the claims, iat, exp and jti with %s', async (algorithm) => {
    const claims = { iss: 'i', sub: 's', aud: ['a'], extra: { n: 1 } };
    const now = Math.floor(clock.now() / 1000);
    const jwt = assertionIn(await draftOf(signed(signingProfile(algorithm, { claims, ttl: 90 }))));
    const { payload, protectedHeader } = await jwtVerify(jwt, verifier(algorithm), {
      currentDate: new Date(clock.now()),
    });
    expect(payload).toEqual({ ...claims, iat: now - 5, exp: now + 90, jti: expect.stringMatching(/^[\w-]{22,}$/) });
    expect(protectedHeader).toEqual({ typ: 'JWT', alg: algorithm });
  });

  it('gives the context to a function for claims, whose exp does not count', async () => {
    const claims = (given: RequestContext | undefined) => ({ sub: given?.inbound.user, exp: 1, iat: 2, jti: 'x' });
    const jwt = assertionIn(await draftOf(signed(signingProfile('ES256', { claims })), { context }));
    expect(decodeJwt(jwt)).toEqual({
      sub: 'ann',
      exp: Math.floor(clock.now() / 1000) + 60,
      iat: 2,
      jti: 'x',
    });
  });

  it('is made anew for each attempt (RFC 7521 §4.1)', async () => {
    const made = signed(signingProfile('ES256', { claims: { sub: 's' } }));
    const first = decodeJwt(assertionIn(await draftOf(made)));
    clock.pass(5_000);
    const second = decodeJwt(assertionIn(await draftOf(made)));
    expect(second.exp).toBe((first.exp ?? 0) + 5);
    expect(second.jti).not.toBe(first.jti);
  });

  it('takes evaluated claims; iat, exp, nbf and jti make no other input', async () => {
    let count = 0;
    const claims = (given: RequestContext | undefined) => ({
      sub: given?.inbound.user,
      iat: ++count,
      exp: count,
      nbf: count,
      jti: String(count),
    });
    const signing = signingProfile('ES256', { claims });
    const prepare = contextInput(block({ signing, signingFor: 'assertion' }), 'billing');
    const input = await prepare?.(context);
    expect(decodeJwt(assertionIn(await draftOf(signed(signing), { input })))).toMatchObject({ sub: 'ann', jti: '1' });
    expect((await prepare?.(context))?.digest).toBe(input?.digest);
    expect((await prepare?.({ inbound: { user: 'bob' } } as RequestContext))?.digest).not.toBe(input?.digest);
  });

  it('needs no context where nothing depends on it', () => {
    expect(contextInput(block({ assertion: 'a.b.c' }), 'billing')).toBeUndefined();
    expect(
      contextInput(
        resolvedOAuth2({ signing: signingProfile('ES256', { claims: () => ({}) }), signingFor: 'client' }),
        'billing',
      ),
    ).toBeUndefined();
  });
});
