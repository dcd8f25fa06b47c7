import type { IncomingMessage } from 'node:http';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createBackends,
  type JwtSigningProfile,
  MissingSubjectError,
  type OAuth2Definition,
  type RequestContext,
  SubjectRefusedError,
  TokenRequestError,
} from 'oauth2-backend';
import type { Answer } from 'test-servers/recording-server';
import { type TokenServer, tokenServer } from 'test-servers/token-server';

let server: TokenServer;
beforeAll(async () => {
  server = await tokenServer();
});
beforeEach(() => {
  server.reset();
  server.failure = undefined;
});
afterAll(() => server.close());

const EXCHANGE = { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange' } as const;
const BEARER = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' } as const;
const assertion = (context: RequestContext | undefined) => context?.inbound.assertion;

/** Backends whose requests have users. */
function world(oauth2: Partial<OAuth2Definition>) {
  const warnings: string[] = [];
  const quiet = () => {};
  const logger = {
    debug: quiet,
    info: quiet,
    error: quiet,
    warn: (_: object, text: string) => void (text.includes('in a row') && warnings.push(text)),
  };
  const client = { token_endpoint: server.url, client_id: 'shop', client_secret: 's3cret-of-the-shop' };
  const api = { origin: 'http://127.0.0.1:9', oauth2: { ...client, ...oauth2 } as OAuth2Definition };
  const backends = createBackends({ api }, { logger });
  /** What a request of this user fails with. */
  const failure = async (user: string, inbound: object = { assertion: user }) => {
    const request = { headers: { authorization: `Bearer ${user}` } } as IncomingMessage;
    const context = { request, inbound, signal: new AbortController().signal } as unknown as RequestContext;
    const { api } = backends.for(context);
    return api.token().then(
      () => undefined,
      (error: Error & Record<string, unknown>) => error,
    );
  };
  return { backends, failure, warnings };
}

const refusing = (error: string, members: object = {}): Answer => ({ status: 400, body: { error, ...members } });

describe('a token request that is refused for its user', () => {
  it.each([
    ['invalid_grant', EXCHANGE],
    ['invalid_request', EXCHANGE],
    ['invalid_token', EXCHANGE],
    ['interaction_required', EXCHANGE],
    ['login_required', EXCHANGE],
    ['consent_required', EXCHANGE],
    ['invalid_grant', { ...BEARER, assertion }],
    ['login_required', { ...BEARER, assertion }],
  ])('%s of %j is a SubjectRefusedError, again and again: 401 with a challenge', async (code, oauth2) => {
    const { failure } = world(oauth2);
    server.failure = refusing(code);
    for (const error of [await failure('amy'), await failure('amy')]) {
      expect(error).toBeInstanceOf(SubjectRefusedError);
      expect(error).toBeInstanceOf(TokenRequestError);
      expect(error).toMatchObject({
        name: 'SubjectRefusedError',
        code: 'ERR_OAUTH2_SUBJECT_REFUSED',
        statusCode: 401,
        status: 401,
        expose: false,
        backend: 'api',
        headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
        response: { status: 400, error: code },
      });
    }
    expect(server.requests).toHaveLength(1);
  });

  it.each<[string, Partial<OAuth2Definition>, Answer]>([
    ['invalid_client', EXCHANGE, refusing('invalid_client')],
    ['invalid_scope', EXCHANGE, refusing('invalid_scope')],
    ['invalid_token of jwt-bearer', { ...BEARER, assertion }, refusing('invalid_token')],
    ['another grant', { grant_type: 'client_credentials' }, refusing('invalid_grant')],
    ['a fixed assertion', { ...BEARER, assertion: 'fixed' }, refusing('invalid_grant')],
    ['our own signature', { ...BEARER, jwt_signing_profile: profile() }, refusing('invalid_grant')],
    ['no answer', EXCHANGE, { status: 502 }],
  ])('%s is a plain TokenRequestError', async (_, oauth2, answer) => {
    const { failure } = world(oauth2);
    server.failure = answer;
    const error = await failure('amy');
    expect(error).not.toBeInstanceOf(SubjectRefusedError);
    expect(error).toMatchObject({ code: 'ERR_OAUTH2_TOKEN_REQUEST', statusCode: 502 });
  });

  it('is a plain TokenRequestError after five users in a row, with one warning, until a token comes', async () => {
    const { failure, warnings } = world(EXCHANGE);
    server.failure = refusing('invalid_grant');
    for (const user of ['a', 'b', 'c', 'd', 'e', 'e']) expect((await failure(user))?.['statusCode']).toBe(401);
    expect(warnings).toEqual([]);
    for (const user of ['f', 'g']) expect((await failure(user))?.['statusCode']).toBe(502);
    expect(warnings).toEqual([
      'backend "api": the tokens of 5 users in a row were refused; probably audience, scope or client are wrong, not the users',
    ]);
    server.failure = undefined;
    expect(await failure('h')).toBeUndefined();
    server.failure = refusing('invalid_grant');
    expect((await failure('i'))?.['statusCode']).toBe(401);
  });

  it('says what the server wants of the user: claims and suberror, cleaned and capped', async () => {
    const { failure } = world(EXCHANGE);
    const claims = JSON.stringify({ access_token: { acrs: { essential: true, value: 'c1' } } });
    server.next(refusing('interaction_required', { claims, suberror: `basic\r\naction${'x'.repeat(400)}` }));
    const { response } = (await failure('amy')) as unknown as SubjectRefusedError;
    expect(response).toMatchObject({ error: 'interaction_required', claims });
    expect(response?.suberror).toMatch(/^basic action x*…$|^basic actionx+…$/);
    expect(response?.suberror).toHaveLength(300);
    expect(JSON.parse(response?.claims ?? '')).toHaveProperty('access_token');
  });

  it.each([
    ['over 8 KiB', `{"a":"${'x'.repeat(8 * 1024)}"}`],
    ["that repeat the user's token", '{"a":"token-of-ann-who-is-a-user"}'],
  ])('leaves claims %s out', async (_, claims) => {
    const { failure } = world(EXCHANGE);
    server.next(refusing('invalid_grant', { claims, suberror: 'token-of-ann-who-is-a-user' }));
    const error = (await failure('token-of-ann-who-is-a-user')) as unknown as SubjectRefusedError;
    expect(error.response).not.toHaveProperty('claims');
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('token-of-ann');
  });
});

describe('an assertion function that has a request', () => {
  it.each([undefined, null, ''])('and gives %j is a MissingSubjectError; nothing is sent', async (nothing) => {
    const { failure } = world({ ...BEARER, assertion });
    const error = await failure('amy', { assertion: nothing });
    expect(error).toBeInstanceOf(MissingSubjectError);
    expect(error).toMatchObject({ statusCode: 401, backend: 'api' });
    expect(server.requests).toEqual([]);
  });

  it('and gives a number is a mistake of the application: 502', async () => {
    const { failure } = world({ ...BEARER, assertion });
    expect(await failure('amy', { assertion: 7 })).toMatchObject({ code: 'ERR_OAUTH2_NO_TOKEN', statusCode: 502 });
  });

  it('does not pause others of its subject', async () => {
    const { failure } = world({ ...BEARER, assertion, subject: () => 'everybody' });
    expect(await failure('amy', {})).toBeInstanceOf(MissingSubjectError);
    expect(await failure('amy')).toBeUndefined();
  });
});

/** A profile that signs the assertion. */
function profile(): JwtSigningProfile {
  return { signature_algorithm: 'HS256', key: 'k'.repeat(64), ttl: '1m', claims: { iss: 'shop', sub: 'shop' } };
}
