import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TokenRequestError } from 'oauth2-backend';
import type { Answer } from 'test-servers/recording-server';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { manualClock } from '../sources/manual-clock.js';
import { billing } from './billing.js';

const DAY = 86_400_000;
let server: TokenServer;
beforeAll(async () => {
  server = await tokenServer();
});
beforeEach(() => server.reset());
afterAll(() => server.close());

const good = { access_token: 'good', token_type: 'Bearer', expires_in: 60 };
const json = JSON.stringify(good);

async function tokenFor(answer: Answer, oauth2 = {}) {
  const clock = manualClock();
  server.next(answer);
  const token = await billing(server.url, oauth2, { clock }).backend.token();
  return { ...token, life: token.expiresAt - clock.now() };
}

describe('a token answer that is good', () => {
  it.each<[string, Answer, object]>([
    ['as the RFC has it', { body: good }, { value: 'good', type: 'Bearer', life: 60_000, scope: undefined }],
    ['201', { status: 201, body: good }, { value: 'good' }],
    ['no content type', { body: json }, { value: 'good' }],
    ['text/html as content type', { body: json, headers: { 'content-type': 'text/html' } }, { value: 'good' }],
    ['a byte order mark', { body: `\ufeff${json}` }, { value: 'good' }],
    ['white space around', { body: `\r\n ${json}\n` }, { value: 'good' }],
    ['gzip', { body: gzipSync(json), headers: { 'content-encoding': 'gzip' } }, { value: 'good' }],
    ['x-gzip in capitals', { body: gzipSync(json), headers: { 'content-encoding': 'X-GZIP' } }, { value: 'good' }],
    ['deflate', { body: deflateSync(json), headers: { 'content-encoding': 'deflate' } }, { value: 'good' }],
    ['br', { body: brotliCompressSync(json), headers: { 'content-encoding': 'br' } }, { value: 'good' }],
    ['identity', { body: json, headers: { 'content-encoding': 'identity' } }, { value: 'good' }],
    ['unknown members', { body: { ...good, x: {}, refresh_token: 'r', id_token: 1 } }, { value: 'good' }],
    ['a ! in the token (RFC 6750 §2.1)', { body: { ...good, access_token: "a!#$%&'()*+-./:;<=>?@[\\]^_`{|}~" } }, {}],
    ['a token of 32 KiB', { body: { ...good, access_token: 'a'.repeat(32_768) } }, {}],
    ['token_type bearer (RFC 6749 §5.1)', { body: { ...good, token_type: 'bearer' } }, { type: 'Bearer' }],
    ['token_type BEARER (RFC 6749 §5.1)', { body: { ...good, token_type: 'BEARER' } }, { type: 'Bearer' }],
    ['no token_type (RFC 6749 §5.1)', { body: { access_token: 'a' } }, { type: 'Bearer', life: 300_000 }],
    ['an empty token_type', { body: { ...good, token_type: '' } }, { type: 'Bearer' }],
    ['token_type in white space', { body: { ...good, token_type: ' bearer\n' } }, { type: 'Bearer' }],
    ['token_type null', { body: { ...good, token_type: null } }, { type: 'Bearer' }],
    ['expires_in as text', { body: { ...good, expires_in: '3600' } }, { life: 3_600_000 }],
    ['expires_in with decimals', { body: { ...good, expires_in: '1.5' } }, { life: 1_500 }],
    ['expires_in 0', { body: { ...good, expires_in: 0 } }, { life: 0 }],
    ['expires_in "0"', { body: { ...good, expires_in: '0' } }, { life: 0 }],
    ['expires_in null (RFC 6749 §5.1)', { body: { ...good, expires_in: null } }, { life: 300_000 }],
    ['expires_in -1', { body: { ...good, expires_in: -1 } }, { life: 300_000 }],
    ['expires_in "-1"', { body: { ...good, expires_in: '-1' } }, { life: 300_000 }],
    ['expires_in ""', { body: { ...good, expires_in: '' } }, { life: 300_000 }],
    ['expires_in 2^31', { body: { ...good, expires_in: 2 ** 31 } }, { life: 2 ** 31 * 1000 }],
    ['error null', { body: { ...good, error: null } }, { value: 'good' }],
    ['error empty', { body: { ...good, error: '' } }, { value: 'good' }],
    ['a then member', { body: json.replace('}', ',"then":"x"}') }, { value: 'good' }],
    [
      '__proto__ as data',
      { body: '{"access_token":"good","__proto__":{"expires_in":1,"error":"x"}}' },
      { life: 300_000 },
    ],
  ])('%s', async (_, answer, expected) => {
    expect(await tokenFor(answer)).toMatchObject(expected);
  });

  it('lasts as long as default_ttl says when it does not say itself (RFC 6749 §5.1)', async () => {
    expect(await tokenFor({ body: { access_token: 'a' } }, { default_ttl: '90s' })).toMatchObject({ life: 90_000 });
  });

  it.each(['BearerToken', 'bearertoken', ' Application Access Token '])(
    'is sent as Bearer where bearer_token_types has its type: %j',
    async (type) => {
      const oauth2 = { bearer_token_types: ['bearerToken', ' application access TOKEN '] };
      expect(await tokenFor({ body: { ...good, token_type: type } }, oauth2)).toMatchObject({ type: 'Bearer' });
    },
  );

  it.each<[string, unknown, string]>([
    ['none: the requested one (RFC 6749 §5.1)', undefined, 'a b'],
    ['a narrower one (RFC 6749 §5.1)', 'a', 'a'],
    ['an empty one', '', ''],
    ['null', null, 'a b'],
    ['a list', ['a'], 'a b'],
  ])('scope %s', async (_, scope, expected) => {
    expect(await tokenFor({ body: { ...good, scope } }, { scope: 'a b' })).toMatchObject({ scope: expected });
  });

  it('is kept 24 h at most', async () => {
    const clock = manualClock();
    server.next({ body: { ...good, expires_in: 2 ** 53 } });
    const { backend } = billing(server.url, {}, { clock });
    await backend.token();
    clock.pass(DAY / 2);
    await backend.token();
    expect(server.requests).toHaveLength(1);
    clock.pass(DAY / 2);
    await backend.token();
    expect(server.requests).toHaveLength(2);
  });
});

/** Of a message, what follows the host; HOST stands for it. */
const answered = (status: number, what: string) => `answered client "shop" ${status} ${what}`;
const refused = (label: string) => `refused client "shop": ${label}`;
const said = (message: string) => `HOST ${message}`.replaceAll('HOST', new URL(server.url).host);
const endpoint = ': is "token_endpoint" right? (HOST/token)';
const usual = 'usually a wrong client_id, secret, kid or aud, a disabled client, or no "scope" asked for';
const failed = 'the server failed; its log says why';
const member = (name: string, value: unknown): Answer => ({ body: { ...good, [name]: value } });
const noText = answered(200, 'with an access_token that is no text');
const noHeader = answered(200, 'with an access_token that holds characters no header may carry');
const noSeconds = answered(200, 'with an expires_in that is no number of seconds');
const noBearer = (shown: string) => answered(200, `with a token_type that is not Bearer: ${shown}`);
const hint = '; if the API takes it as Bearer, name it in "bearer_token_types"';
const MIB = 1024 * 1024;

/** What is warned of while tokens are asked for. */
async function warnings(answers: readonly Answer[], oauth2 = {}): Promise<string[]> {
  const said: string[] = [];
  const quiet = () => {};
  const logger = {
    debug: quiet,
    info: quiet,
    error: quiet,
    warn: (_: object, message: string) => void said.push(message),
  };
  const clock = manualClock();
  const { backend } = billing(server.url, oauth2, { clock, logger });
  server.reset();
  server.next(...answers);
  for (const _ of answers) {
    await backend.token();
    clock.pass(DAY);
  }
  expect(server.requests).toHaveLength(answers.length);
  return said;
}

describe('a token answer that is good, but odd', () => {
  it('expires_in 0: each call asks, and one warning names default_ttl', async () => {
    const answer = member('expires_in', 0);
    expect(await warnings([answer, answer, answer])).toEqual([
      'backend "billing": the token endpoint answers with expires_in 0: no token is kept, each call asks for one; "default_ttl" says how long they live',
    ]);
  });

  it('expires_in 0 counts as absent where default_ttl is configured', async () => {
    expect(await warnings([member('expires_in', 0)], { default_ttl: '90s' })).toEqual([]);
    expect(await tokenFor(member('expires_in', '0'), { default_ttl: '90s' })).toMatchObject({ life: 90_000 });
  });

  it.each(['', -1])('expires_in %j: default_ttl counts, with one warning', async (expiresIn) => {
    const answer = member('expires_in', expiresIn);
    const said = await warnings([answer, answer]);
    expect(said).toEqual([
      'backend "billing": the token endpoint answers with an expires_in that is empty or negative: default_ttl counts',
    ]);
  });

  it('less scope than was asked for: one warning, and the token says what was granted', async () => {
    const less = member('scope', 'read');
    const said = await warnings([less, less], { scope: 'read write delete' });
    expect(said).toEqual([
      'backend "billing": the token endpoint grants less scope than it is asked for, not write delete',
    ]);
    expect(await warnings([member('scope', 'write,read')], { scope: 'read write' })).toEqual([]);
    expect(await warnings([member('scope', 'read more')], { scope: 'read' })).toEqual([]);
    expect(await warnings([member('scope', undefined)], { scope: 'read' })).toEqual([]);
  });

  it('a scope of 900 KB with line breaks is cut to whole names of 8 KiB', async () => {
    const scope = 'read\r\nwrite '.repeat(60_000);
    const token = await tokenFor(member('scope', scope));
    expect(token.scope).toMatch(/^(?:read write )+read(?: write)?$/);
    expect(token.scope?.length).toBeLessThanOrEqual(8 * 1024);
  });

  it.each([2 ** 53, 2 ** 31])('an expires_in of %d: status() names the end of 24 h', async (expiresIn) => {
    const clock = manualClock();
    server.next(member('expires_in', expiresIn));
    const { backend, backends } = billing(server.url, {}, { clock });
    const { expiresAt } = await backend.token();
    expect(() => new Date(expiresAt).toISOString()).not.toThrow();
    expect(backends.status()[0]?.expiresAt).toBe(clock.now() + DAY);
  });

  it('status() names an instant that is one, whatever an own source says', async () => {
    for (const [expiresAt, shown] of [
      [Number.MAX_SAFE_INTEGER, 8.64e15],
      [Number.NaN, undefined],
    ] as const) {
      const token = { value: 'a', type: 'Bearer', issuedAt: 0, expiresAt } as const;
      const tokens = { billing: { token: async () => token, current: () => token } };
      expect(billing(server.url, {}, { tokens }).backends.status()[0]?.expiresAt).toBe(shown);
    }
  });
});

describe('a token answer that is not good', () => {
  it.each<[string, Answer, string]>([
    ['an empty 403', { status: 403 }, answered(403, `without a reason: ${usual}`)],
    ['a 202 with a token', { status: 202, body: good }, answered(202, `without an OAuth error${endpoint}`)],
    ['an error page', { status: 500, body: '<!DOCTYPE html><h1>' }, answered(500, `with an HTML page: ${failed}`)],
    ['a login page', { body: '\n<html><body>log in' }, answered(200, `with an HTML page${endpoint}`)],
    [
      'text',
      { status: 500, body: 'internal error' },
      answered(500, `with a body that is not JSON: "internal error"; ${failed}`),
    ],
    ['a form', { body: 'access_token=a' }, answered(200, `with a body that is not JSON${endpoint}`)],
    ['half of it', { body: json.slice(0, -3) }, answered(200, `with a body that is not JSON${endpoint}`)],
    ['an array (RFC 6749 §5.1)', { body: `[${json}]` }, answered(200, `with JSON that is not an object${endpoint}`)],
    ['a string', { body: '"token"' }, answered(200, `with JSON that is not an object${endpoint}`)],
    ['null', { body: 'null' }, answered(200, `with JSON that is not an object${endpoint}`)],
    ['no token', { body: {} }, answered(200, 'without an access_token')],
    [
      'a token of another name',
      { body: { token: 'a' } },
      answered(200, `without an access_token, but with "token"${endpoint}`),
    ],
    ['a token in __proto__', { body: '{"__proto__":{"access_token":"a"}}' }, answered(200, 'without an access_token')],
    ['an empty token (RFC 6749 App. A.12)', member('access_token', ''), noText],
    ['a number (RFC 6749 App. A.12)', member('access_token', 5), noText],
    ['null for a token', member('access_token', null), noText],
    ['an object for a token', member('access_token', { value: 'a' }), noText],
    ['a line break (RFC 6749 App. A.12)', member('access_token', 'a\r\nX-Evil: 1'), noHeader],
    ['a space (RFC 6750 §2.1)', member('access_token', 'a b'), noHeader],
    ['a comma (RFC 6750 §2.1)', member('access_token', 'a,b'), noHeader],
    ['a quote (RFC 6750 §2.1)', member('access_token', 'a"b'), noHeader],
    ['an umlaut (RFC 6749 App. A.12)', member('access_token', 'tökén'), noHeader],
    ['bytes that are no UTF-8', { body: Buffer.from('{"access_token":"a\xff"}', 'latin1') }, noHeader],
    [
      'a token over 32 KiB',
      member('access_token', 'a'.repeat(32_769)),
      answered(200, 'with an access_token over 32768 characters'),
    ],
    ['mac (RFC 6749 §7.1)', member('token_type', 'mac'), noBearer('"mac"')],
    ['N_A (RFC 6749 §7.1)', member('token_type', 'N_A'), noBearer('"N_A"')],
    ['DPoP', member('token_type', ' DPoP'), noBearer('"DPoP"')],
    ['another token_type', member('token_type', 'BearerToken'), noBearer(`"BearerToken"${hint}`)],
    ['a token_type with controls', member('token_type', 'a\r\nb'), noBearer(`"a b"${hint}`)],
    ['a long token_type', member('token_type', 'a'.repeat(5_000)), noBearer(`"${'a'.repeat(199)}…"${hint}`)],
    [
      'the token as token_type',
      { body: { access_token: 'tokentokentoken', token_type: 'tokentokentoken' } },
      noBearer(`"[left out: it repeats a credential]"${hint}`),
    ],
    ['a number as token_type', member('token_type', 1), noBearer('no text')],
    ['expires_in "abc"', member('expires_in', 'abc'), noSeconds],
    ['expires_in "1e3"', member('expires_in', '1e3'), noSeconds],
    ['expires_in "0x10"', member('expires_in', '0x10'), noSeconds],
    ['expires_in true', member('expires_in', true), noSeconds],
    ['expires_in {}', member('expires_in', {}), noSeconds],
    ['expires_in [60]', member('expires_in', [60]), noSeconds],
    ['expires_in 1e999 (RFC 6749 App. A.14)', { body: '{"access_token":"a","expires_in":1e999}' }, noSeconds],
    ['expires_in of 400 digits', member('expires_in', '9'.repeat(400)), noSeconds],
    ['error in a 200', member('error', 'invalid_scope'), refused('invalid_scope (200): no "scope" was asked for')],
    ['error that is no text', member('error', { code: 1 }), refused('error 1 (200)')],
    [
      'a 400',
      { status: 400, body: { error: 'slow_down', error_description: 'in 5 s' } },
      refused('slow_down (400): "in 5 s"'),
    ],
    [
      'a 401',
      { status: 401, body: { error: 'invalid_client' } },
      refused(
        'invalid_client (401): check client_id and client_secret, and whether the server takes client_secret_basic ("token_endpoint_auth_method")',
      ),
    ],
    ['a 400 without error', { status: 400, body: { message: 'no' } }, answered(400, 'without an OAuth error: "no"')],
    ['too long', { body: `${json}${' '.repeat(MIB)}` }, answered(200, 'with a body over 1 MiB')],
    [
      'a bomb',
      { body: gzipSync(`${json}${' '.repeat(64 * MIB)}`), headers: { 'content-encoding': 'gzip' } },
      answered(200, 'with a body over 1 MiB'),
    ],
    [
      'no gzip',
      { body: json, headers: { 'content-encoding': 'gzip' } },
      answered(200, 'with a body that cannot be decoded'),
    ],
    [
      'half a gzip',
      { body: gzipSync(json).subarray(0, 20), headers: { 'content-encoding': 'gzip' } },
      answered(200, 'with a body that cannot be decoded'),
    ],
    [
      'an unknown encoding',
      { body: json, headers: { 'content-encoding': 'sdch' } },
      answered(200, 'with a content encoding that was not asked for'),
    ],
  ])('%s', async (_, answer, message) => {
    server.next(answer);
    const error = await billing(server.url).failure();
    expect(error.message).toBe(said(message));
    expect(error).toBeInstanceOf(TokenRequestError);
    expect(error).toMatchObject({ code: 'ERR_OAUTH2_TOKEN_REQUEST', statusCode: 502, expose: false });
    expect(error['response']).toMatchObject({ status: answer.status ?? 200 });
    expect(server.requests).toHaveLength(1);
  });

  it.each([200, 201, 204])('an empty %d: asked again twice, within the renewal', async (status) => {
    const empty = { status, body: '' };
    server.next(empty, empty, empty);
    const error = await billing(server.url).failure();
    expect(error.message).toBe(said(answered(status, `with an empty body${endpoint}`)));
    expect(server.requests).toHaveLength(3);
    server.reset();
    server.next(empty);
    expect((await billing(server.url).backend.token()).value).toMatch('token-');
    expect(server.requests).toHaveLength(2);
  });

  it.each<[string, number, string, string]>([
    ['301', 301, 'https://other.example/token?tenant=hidden#x', 'https://other.example/token'],
    ['308 to a path', 308, '/elsewhere?q=hidden', ''],
    ['with credentials', 307, 'https://user:hidden@other.example/', 'https://other.example/'],
    ['to no address', 302, 'http://[', 'an address that cannot be read'],
    ['to a script', 302, 'javascript:hidden', 'javascript:'],
    ['back with the secret', 302, 'https://other.example/s3cret-of-the-shop', '[left out: it repeats a credential]'],
  ])('a redirect, %s: names where it points and that it is not followed', async (_, status, location, shown) => {
    server.next({ status, headers: { location } });
    const error = await billing(server.url).failure();
    const target = shown || `${server.origin}/elsewhere`;
    const what = `with a redirect to ${target}: redirects of a token request are not followed: is "token_endpoint" right?`;
    expect(error.message).toBe(said(answered(status, what)));
    expect(error.message).not.toContain('hidden');
    expect(server.requests).toHaveLength(1);
  });

  it('a metadata document: says so, and which token_endpoint it names', async () => {
    const issuer = 'https://as.example';
    server.next({ body: { issuer, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys` } });
    expect((await billing(server.url).failure()).message).toBe(
      said(
        answered(
          200,
          'with a metadata document instead of a token: the "token_endpoint" of issuer "https://as.example" is "https://as.example/token"',
        ),
      ),
    );
  });

  it('surfaces error, error_description, error_uri as cleaned, capped text (RFC 6749 §5.2)', async () => {
    server.next({
      status: 400,
      body: {
        error: 'invalid_request\r\n',
        error_description: `a\u0000b\r\nSet-Cookie: x\u001b[31m\u2028\u202e${'c'.repeat(5_000)}`,
        error_uri: ['https://as.example'],
      },
    });
    const { response } = await billing(server.url).failure();
    expect(response).toEqual({
      status: 400,
      error: 'invalid_request',
      errorDescription: expect.stringMatching(/^a b Set-Cookie: x \[31m c+…$/),
      errorUri: undefined,
    });
    expect((response as { errorDescription: string }).errorDescription).toHaveLength(300);
  });
});
