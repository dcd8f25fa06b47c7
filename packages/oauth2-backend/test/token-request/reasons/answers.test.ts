import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { certificateAuthority } from 'test-servers/certificates';
import { proxyServer } from 'test-servers/proxy-server';
import type { Answer } from 'test-servers/recording-server';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { billing } from '../billing.js';

let server: TokenServer;
beforeAll(async () => {
  server = await tokenServer();
});
beforeEach(() => server.reset());
afterAll(() => server.close());

/** Its message, with HOST for host and port. */
async function messageFor(answer: Answer, oauth2: object = {}): Promise<string> {
  const times = answer.status !== undefined && [502, 503, 504].includes(answer.status) ? 3 : 1;
  server.next(...Array.from({ length: times }, () => answer));
  const { message } = await billing(server.url, oauth2).failure();
  return message.replaceAll(new URL(server.origin).host, 'HOST');
}

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const refusal = (error: string, description?: string, status = 400): Answer => ({
  status,
  body: { error, ...(description !== undefined && { error_description: description }) },
});
const page = (status: number, title: string): Answer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<!DOCTYPE html>\n<html lang="en"><head><title>${title}</title></head><body>no</body></html>`,
});
const right = 'is "token_endpoint" right? (HOST/token)';
const usual = 'usually a wrong client_id, secret, kid or aud, a disabled client, or no "scope" asked for';
const check = 'check client_id and client_secret, and whether the server takes';
const method = '("token_endpoint_auth_method")';

describe('an OAuth error: who refused whom, why, and what to look at', () => {
  it.each<[Answer, object, string]>([
    [
      refusal('invalid_client', 'client secret is expired', 401),
      {},
      'invalid_client (401): "client secret is expired"',
    ],
    [
      refusal('invalid_client', 'Client authentication failed', 401),
      {},
      `invalid_client (401): "Client authentication failed"; ${check} client_secret_basic ${method}`,
    ],
    [
      refusal('invalid_client', 'Invalid client or Invalid client credentials', 401),
      { token_endpoint_auth_method: 'client_secret_post' },
      `invalid_client (401): "Invalid client or Invalid client credentials"; ${check} client_secret_post ${method}`,
    ],
    [
      refusal('invalid_client', undefined, 401),
      {
        grant_type: 'password',
        username: 'ann',
        password: 'p4ssword',
        token_endpoint_auth_method: 'none',
        client_secret: undefined,
      },
      'invalid_client (401): no proof of the client was sent (token_endpoint_auth_method "none"): does it have a client_secret?',
    ],
    [
      refusal('invalid_grant', 'Bad credentials'),
      { grant_type: 'password', username: 'ann', password: 'p4ssword' },
      'invalid_grant (400): "Bad credentials"',
    ],
    [
      refusal('invalid_grant', 'grant request is invalid'),
      { grant_type: 'password', username: 'ann', password: 'p4ssword' },
      'invalid_grant (400): "grant request is invalid"; check username and password, and whether this user may log in without a second factor',
    ],
    [
      refusal('invalid_grant'),
      { grant_type: 'password', username: 'ann', password: 'p4ssword' },
      'invalid_grant (400): check username and password, and whether this user may log in without a second factor',
    ],
    [
      refusal('invalid_scope', 'The requested scope is invalid'),
      { scope: 'read write' },
      'invalid_scope (400): "The requested scope is invalid"; asked for was the scope "read write"',
    ],
    [refusal('invalid_scope'), {}, 'invalid_scope (400): no "scope" was asked for'],
    [
      refusal('invalid_target'),
      { params: { resource: ['https://api.example/?k=v', 'urn:x'], audience: 'invoices' } },
      'invalid_target (400): asked for was resource "https://api.example/?…", audience "invoices"',
    ],
    [
      refusal('invalid_target'),
      {},
      'invalid_target (400): neither "params.resource" nor "params.audience" was asked for',
    ],
    [
      refusal('invalid_resource', 'MSIS9602'),
      { params: { resource: 'urn:x' } },
      'invalid_resource (400): "MSIS9602"; asked for was resource "urn:x"',
    ],
    [
      refusal('unauthorized_client'),
      {},
      'unauthorized_client (400): is the client registered for grant_type "client_credentials"?',
    ],
    [
      refusal('unsupported_grant_type'),
      {},
      'unsupported_grant_type (400): sent was grant_type "client_credentials": does the server have it, and for this client?',
    ],
    [
      refusal('invalid_request', 'missing parameter'),
      { scope: 'read', params: { tenant: 'hidden-value' } },
      'invalid_request (400): "missing parameter"; sent were the parameters grant_type, scope, tenant, and a header Authorization',
    ],
    [
      refusal('invalid_request'),
      { token_endpoint_auth_method: 'client_secret_post' },
      'invalid_request (400): sent were the parameters client_id, client_secret, grant_type',
    ],
    [
      refusal('access_denied'),
      { scope: 'read' },
      'access_denied (400): asked for was the scope "read", neither "params.resource" nor "params.audience" was asked for; a policy of the server forbids it, or client_id or client_secret is wrong',
    ],
    [
      refusal('access_denied', 'Non-global clients are not allowed access to APIv1', 403),
      {},
      'access_denied (403): "Non-global clients are not allowed access to APIv1"; no "scope" was asked for, neither "params.resource" nor "params.audience" was asked for',
    ],
    [
      refusal('unauthorized_client', 'Invalid client or Invalid client credentials', 401),
      {},
      `unauthorized_client (401): "Invalid client or Invalid client credentials"; is the client registered for grant_type "client_credentials"?; ${check} client_secret_basic ${method}`,
    ],
    [
      refusal('invalid_client', 'Client has been revoked or is invalid.', 401),
      {},
      `invalid_client (401): "Client has been revoked or is invalid."; ${check} client_secret_basic ${method}`,
    ],
    [
      refusal('invalid_client', 'cannot retrieve client credentials'),
      {
        grant_type: 'password',
        username: 'ann',
        password: 'p4ssword',
        token_endpoint_auth_method: 'none',
        client_secret: undefined,
      },
      'invalid_client (400): "cannot retrieve client credentials"; no proof of the client was sent (token_endpoint_auth_method "none"): does it have a client_secret?',
    ],
    [
      refusal('invalid_client', undefined, 401),
      {
        token_endpoint_auth_method: 'client_secret_jwt',
        client_secret: 's3cret-of-the-shop-that-is-long-enough',
        jwt_signing_profile: { signature_algorithm: 'HS256', ttl: '1m' },
      },
      'invalid_client (401): sent: alg HS256, typ "JWT", aud "http://HOST/token", iss "shop": check client_secret, and which aud the server wants ("issuer"); is the client registered for client_secret_jwt ("token_endpoint_auth_method")?',
    ],
    [
      refusal('invalid_grant'),
      {},
      'invalid_grant (400): is the client registered for grant_type "client_credentials", and does the server want DPoP or a client certificate of it?',
    ],
    [
      refusal('invalid_request', 'the authorization header is not properly encoded'),
      { client_secret: 's3cret: 100% of the shop' },
      'invalid_request (400): "the authorization header is not properly encoded"; client_id or client_secret has characters that servers read in two ways: try "basic_encoding": "raw", or "client_secret_post"',
    ],
    [
      refusal('server_error', 'An unexpected error occurred', 500),
      {},
      'server_error (500): "An unexpected error occurred"; the server failed; its log says why',
    ],
    [
      refusal('admin_policy_enforced'),
      {},
      'admin_policy_enforced (400): a policy of the organization forbids it: its administrators can allow it',
    ],
    [
      refusal('use_dpop_nonce'),
      {},
      'use_dpop_nonce (400): the server wants DPoP of this client, and the request has no proof',
    ],
    [refusal('server_error', undefined, 500), {}, 'server_error (500): the server failed; its log says why'],
    [refusal('not_of_any_rfc', 'so it is', 400), {}, 'not_of_any_rfc (400): "so it is"'],
  ])('%j of a client with %j', async (answer, oauth2, message) => {
    expect(await messageFor(answer, oauth2)).toBe(`HOST refused client "shop": ${message}`);
  });

  it('says that no client was named', async () => {
    const oauth2 = { grant_type: jwtBearer, client_id: undefined, client_secret: undefined, assertion: 'e30.e30.x' };
    expect(await messageFor(refusal('invalid_client', undefined, 401), oauth2)).toBe(
      'HOST refused a client without client_id: invalid_client (401): no client was named: does the server want "client_id"?',
    );
  });
});

describe('an error that is none of OAuth: what the server says, by whatever name', () => {
  it.each<[unknown, number, string]>([
    [{ message: 'Unauthorized', error: 401 }, 401, `refused client "shop": error 401 (401): "Unauthorized"; ${usual}`],
    [
      { error: { code: 'x_locked', message: 'client is locked' } },
      403,
      'refused client "shop": error x_locked (403): "client is locked"',
    ],
    [{ error: { code: 124, reason: 'no such app' } }, 401, 'refused client "shop": error 124 (401): "no such app"'],
    [
      { error: true, reason: 'no such app' },
      400,
      'refused client "shop": an error without a code (400): "no such app"',
    ],
    [{ error: 'Not Found', status: 404, path: '/token' }, 404, `refused client "shop": Not Found (404): ${right}`],
    [
      { error: 'Bad Request', message: ['scope must be set'] },
      400,
      `refused client "shop": Bad Request (400): ${usual}`,
    ],
    [{ message: 'app is disabled' }, 403, 'answered client "shop" 403 without an OAuth error: "app is disabled"'],
    [
      { message: 'Forbidden' },
      403,
      `answered client "shop" 403 without an OAuth error: "Forbidden"; ${usual}; or a firewall stands before the server`,
    ],
    [{ errors: [{ detail: 'key revoked' }] }, 401, 'answered client "shop" 401 without an OAuth error: "key revoked"'],
    [{ errors: ['key revoked'] }, 401, 'answered client "shop" 401 without an OAuth error: "key revoked"'],
    [
      { fault: { faultstring: 'no proxy for it' } },
      400,
      'answered client "shop" 400 without an OAuth error: "no proxy for it"',
    ],
    [{ errorSummary: 'no such key' }, 400, 'answered client "shop" 400 without an OAuth error: "no such key"'],
    [{ odd: 'thing' }, 400, 'answered client "shop" 400 without an OAuth error: "{"odd":"thing"}"'],
    ['client is locked', 403, 'answered client "shop" 403 with a body that is not JSON: "client is locked"'],
    [
      '<?xml version="1.0"?><Error><Code>AccessDenied</Code>\n<Message>No key</Message></Error>',
      403,
      'answered client "shop" 403 with a body that is not JSON: "AccessDenied No key"',
    ],
    ['', 401, `answered client "shop" 401 without a reason: ${usual}`],
    ['', 404, `answered client "shop" 404 with an empty body: ${right}`],
  ])('%j with %d', async (body, status, message) => {
    expect(await messageFor({ status, body })).toBe(`HOST ${message}`);
  });
});

describe('an answer without a body', () => {
  const challenged = (field: string): Answer => ({ status: 401, headers: { 'www-authenticate': field } });

  it.each([
    [
      'Bearer error="invalid_token", error_description="key \\"x\\" was revoked"',
      '401 with an empty body: "key "x" was revoked"',
    ],
    ['Basic realm="as", error_description="Unauthorized"', `401 with an empty body: "Unauthorized"; ${usual}`],
    ['Basic realm="as"', `401 without a reason: ${usual}`],
    ['Basic error_description="got s3cret-of-the-shop"', '401 with an empty body: [left out: it repeats a credential]'],
  ])('but with the challenge %s', async (field, message) => {
    expect(await messageFor(challenged(field))).toBe(`HOST answered client "shop" ${message}`);
  });
});

describe('an answer that is no token: what to look at', () => {
  it.each<[Answer, string]>([
    [page(400, 'Login pages unavailable'), `400 with an HTML page ("Login pages unavailable"): ${right}`],
    [page(404, 'Not Found'), `404 with an HTML page ("Not Found"): ${right}`],
    [page(200, 'Sign in'), `200 with an HTML page ("Sign in"): ${right}`],
    [page(405, '405 Not Allowed'), `405 with an HTML page ("405 Not Allowed"): that address takes no POST, ${right}`],
    [
      { status: 415, body: { message: 'Unsupported Media Type' } },
      `415 without an OAuth error: "Unsupported Media Type"; that address takes no forms (application/x-www-form-urlencoded), ${right}`,
    ],
    [
      page(400, '400 The plain HTTP request was sent to HTTPS port'),
      '400 with an HTML page ("400 The plain HTTP request was sent to HTTPS port"): is it https://?',
    ],
    [
      page(403, 'Attention Required! | Example'),
      '403 with an HTML page ("Attention Required! | Example"): does a firewall stand before the server, and let this machine through?',
    ],
    [
      { status: 403, body: { message: 'Missing Authentication Token' } },
      `403 without an OAuth error: "Missing Authentication Token"; ${right}`,
    ],
    [{ status: 429 }, '429 with an empty body: too many token requests for this client or from this machine'],
    [
      page(502, 'Bad Gateway'),
      '502 with an HTML page ("Bad Gateway"): the server, or what stands before it, is down or overloaded',
    ],
    [{ status: 500 }, '500 with an empty body: the server failed; its log says why'],
    [{ status: 407 }, '407 with an empty body: a proxy on the way wants to know who asks'],
    [
      { status: 406 },
      '406 with an empty body: the server has nothing of what the header Accept asks for ("billing.oauth2.backend.set_request_headers")',
    ],
    [{ body: { keys: [], expires: 5 } }, `200 without an access_token, but with "keys", "expires": ${right}`],
    [{ body: { access_token: 'a', token_type: 'mac' } }, '200 with a token_type that is not Bearer: "mac"'],
  ])('%j', async (answer, message) => {
    expect(await messageFor(answer)).toBe(`HOST answered client "shop" ${message}`);
  });

  it('names the proxy that an http request went through, and what it wants', async () => {
    const proxy = await proxyServer();
    const { host } = new URL(proxy.url);
    const place = 'billing.oauth2.backend.proxy';
    proxy.credentials = 'user:right-password';
    const said = (url: string) => messageFor({}, { backend: { proxy: url } });
    const head = `HOST answered client "shop" through the proxy ${host} 407 with an empty body: the proxy ${host}`;
    expect(await said(proxy.url)).toBe(`${head} wants user and password in "${place}"`);
    expect(await said(proxy.urlWith('user:wrong-password'))).toBe(
      `${head} does not take user and password of "${place}"`,
    );
    await proxy.close();
  });
});

describe('an assertion that is refused', () => {
  const { key } = certificateAuthority().client('shop');
  const oauth2 = {
    client_secret: undefined,
    token_endpoint_auth_method: 'private_key_jwt',
    issuer: 'https://as.example.com',
    jwt_signing_profile: { signature_algorithm: 'RS256', ttl: '1m', key, headers: { kid: 'k1' } },
  };
  const sent =
    'sent: alg RS256, typ "client-authentication+jwt", kid "k1", aud "https://as.example.com", iss "shop": check the key registered for that kid, and which aud the server wants ("issuer")';
  const dated = (answer: Answer, seconds: number): Answer => ({
    ...answer,
    headers: { date: new Date(Date.now() + seconds * 1000).toUTCString() },
  });

  it.each<[string, Answer, string]>([
    [
      'explained',
      refusal('invalid_client', 'no such key', 401),
      `refused client "shop": invalid_client (401): "no such key"; ${sent}`,
    ],
    ['as a grant', refusal('invalid_grant'), `refused client "shop": invalid_grant (400): ${sent}`],
    ['without a word', { status: 401 }, `answered client "shop" 401 without a reason: ${usual}; ${sent}`],
    [
      'as a bad request',
      refusal('invalid_request'),
      `refused client "shop": invalid_request (400): sent were the parameters client_assertion, client_assertion_type, client_id, grant_type; ${sent}`,
    ],
  ])('%s: says what was sent', async (_, answer, message) => {
    expect(await messageFor(answer, oauth2)).toBe(`HOST ${message}`);
  });

  it.each([
    [600, /; our clock is (?:599|600) s behind the server's$/],
    [8, /; our clock is (?:6|7|8) s behind the server's$/],
    [-600, /; our clock is (?:599|600|601) s ahead of the server's$/],
    [-9, /; our clock is (?:8|9) s ahead of the server's$/],
    [4, /\("issuer"\)$/],
    [-4, /\("issuer"\)$/],
  ])("says by how much our clock is off: the server's is %d s ahead", async (seconds, end) => {
    expect(await messageFor(dated(refusal('invalid_client', 'expired', 401), seconds), oauth2)).toMatch(end);
  });

  it('says so without a word of the server too, and not of another refusal', async () => {
    expect(await messageFor(dated({ status: 403 }, 60), oauth2)).toMatch(
      /\("issuer"\); our clock is \d+ s behind the server's$/,
    );
    expect(await messageFor(dated(refusal('invalid_scope'), 60), oauth2)).not.toContain('clock');
  });

  it('shows the scope that is one of its claims', async () => {
    const claims = { iss: 'shop', aud: 'https://as.example.com', scope: 'drive' };
    const message = await messageFor(refusal('invalid_scope'), {
      ...oauth2,
      grant_type: jwtBearer,
      token_endpoint_auth_method: undefined,
      client_id: undefined,
      issuer: undefined,
      jwt_signing_profile: { ...oauth2.jwt_signing_profile, claims },
    });
    expect(message).toMatch(/: asked for was the scope "drive"$/);
  });

  it('says that no kid was sent', async () => {
    const profile = { ...oauth2.jwt_signing_profile, headers: {} };
    const message = await messageFor(refusal('invalid_client', undefined, 401), {
      ...oauth2,
      jwt_signing_profile: profile,
    });
    expect(message).toMatch(/iss "shop": check the key that is registered, and which aud/);
  });
});

describe('a message', () => {
  it('is one line of 700 characters at most, whatever the server and the definition say', async () => {
    const long = 'x'.repeat(5_000);
    const oauth2 = {
      client_id: `shop\u202e"${'s'.repeat(500)}`,
      scope: long,
      params: { resource: `urn:${long}`, audience: long },
    };
    for (const error of ['invalid_scope', 'invalid_target', 'invalid_request', 'access_denied', long]) {
      const message = await messageFor(refusal(error, `a\r\nb\u2028${long}`), oauth2);
      expect(message.length).toBeLessThanOrEqual(700);
      expect(message).toMatch(/^HOST refused client "shop "s+…": [^\p{C}\p{Zl}\p{Zp}]+$/u);
    }
  });
});
