import { createServer } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiServer, apiServer } from 'test-servers/api-server';
import { type Listening, listen } from 'test-servers/listen';
import { type ProxyServer, proxyServer } from 'test-servers/proxy-server';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { keyPair, pemOf } from '../definitions/signing-keys.js';
import { check, reportOf } from './run-check.js';

let tokens: TokenServer;
let api: ApiServer;
let proxy: ProxyServer;
const others: Listening[] = [];
beforeAll(async () => {
  [tokens, api, proxy] = await Promise.all([tokenServer(), apiServer(), proxyServer()]);
});
beforeEach(() => {
  tokens.reset();
  tokens.extra = {};
  api.reset();
  api.valid = () => true;
});
afterAll(() => Promise.all([tokens, api, proxy, ...others].map((server) => server.close())));

function billing(oauth2: object = {}, backend: object = {}): object {
  const block = {
    grant_type: 'client_credentials',
    token_endpoint: tokens.url,
    client_id: 'shop',
    client_secret: 'a secret of the shop',
    ...oauth2,
  };
  return { billing: { origin: api.origin, ...backend, oauth2: block } };
}

function signed(profile: object = {}): object {
  return billing({
    client_secret: undefined,
    token_endpoint_auth_method: 'private_key_jwt',
    jwt_signing_profile: {
      signature_algorithm: 'ES256',
      key: pemOf(keyPair('ES256').privateKey),
      ttl: '1m',
      headers: { kid: 'old-key' },
      claims: { aud: 'https://as.example.com/wrong' },
      ...profile,
    },
  });
}

const refusal = (error: string, description: string, status = 401) => ({
  status,
  body: { error, error_description: description },
});

describe('oauth2-backend check', () => {
  it('tells each step to a token, and ends with 0', async () => {
    tokens.extra = { access_token: jwt({ alg: 'ES256', kid: 'k7' }, { iss: 'https://as', aud: 'billing', exp: 1 }) };
    const { code, stdout } = await check(billing({ scope: 'invoices:read' }));
    expect(code).toBe(0);
    const lines = [
      '✓ billing',
      `  ✓ connect        ${new URL(tokens.origin).host} (`,
      `  ✓ token request  POST ${tokens.url} → 200 (`,
      'authorization: Basic •••',
      'form         grant_type=client_credentials',
      'scope=invoices:read',
      'access_token = •••',
      'clock        as the server’s',
      '  ✓ token          for 3600 s, until 2',
      'says         alg "ES256"',
      'aud "billing"',
      'exp 1 (1970-01-01T00:00:01Z)',
      '1 fine\n',
    ];
    for (const line of lines) expect(stdout).toContain(line);
    expect(tokens.requests).toHaveLength(1);
  });

  it('asks as the application does: through the token backend, with its headers', async () => {
    const gateway = { origin: tokens.origin, set_request_headers: { 'x-gateway': 'seventeen-and-four' } };
    const definitions = { ...billing({ backend: 'gateway' }), gateway };
    const { code, backends } = await reportOf(definitions);
    expect(code).toBe(0);
    expect(backends.map(({ name, result }) => `${name} ${result}`)).toEqual(['billing token', 'gateway skipped']);
    expect(tokens.requests[0]?.headers['x-gateway']).toBe('seventeen-and-four');
    expect(JSON.stringify(backends)).not.toContain('seventeen');
  });

  it('wrong host: the name has no address', async () => {
    const { code, first } = await reportOf(billing({ token_endpoint: 'https://no-such-host.invalid/token' }));
    expect(code).toBe(1);
    expect(first.steps[0]).toMatchObject({ step: 'look-up', ok: false, host: 'no-such-host.invalid', addresses: [] });
    expect(first.steps[0]?.error?.message).toMatch(/no host has this name|no name server answered/);
    expect(first.reason).toMatch(/ENOTFOUND|EAI_AGAIN|no-such-host\.invalid/);
    expect(first.steps[1]).toMatchObject({ step: 'token-request', ok: false, sent: false, attempts: 3 });
  });

  it('refused port', async () => {
    const { code, first } = await reportOf(billing({ token_endpoint: 'http://127.0.0.1:1/token' }));
    expect(code).toBe(1);
    expect(first.code).toBe('ERR_OAUTH2_TOKEN_REQUEST');
    expect(first.reason).toContain('could not be reached');
    expect(first.steps[0]).toMatchObject({
      step: 'connect',
      ok: false,
      port: 1,
      error: { code: 'ECONNREFUSED', message: 'nothing listens on 127.0.0.1:1, or a firewall refuses connections' },
    });
  });

  it('TLS: a server that speaks none', async () => {
    const token_endpoint = tokens.url.replace('http:', 'https:');
    const { code, first } = await reportOf(billing({ token_endpoint }));
    expect(code).toBe(1);
    expect(first.steps.find(({ step }) => step === 'tls')?.error?.message).toMatch(/speaks no TLS: is it http:/);
  });

  it.each([
    [404, { 'content-type': 'text/html' }, '<html><title>Not here</title><script>x()</script><p>Nothing at /token'],
    [405, {}, 'no POST'],
  ])('wrong path: status %d', async (status, headers, body) => {
    tokens.next({ status, headers, body });
    const { code, stdout } = await check(billing());
    expect(code).toBe(1);
    expect(stdout).toContain(`→ ${status} (`);
    expect(stdout).toContain('is "token_endpoint" right?');
    if (status === 404) expect(stdout).toContain('text = Not here Nothing at /token');
  });

  it('redirect: where to, and that it is not followed', async () => {
    tokens.next({ status: 302, headers: { location: 'https://login.example.com/sign-in?state=very-private-state' } });
    const { code, stdout } = await check(billing());
    expect(code).toBe(1);
    expect(stdout).toContain('location: https://login.example.com/sign-in?state=•••');
    expect(stdout).toContain('redirect to https://login.example.com/sign-in');
    expect(stdout).not.toContain('very-private');
  });

  it('wrong secret: the error and what the server says of it', async () => {
    tokens.next(refusal('invalid_client', 'the client secret has expired'));
    const { code, stdout } = await check(billing());
    expect(code).toBe(1);
    expect(stdout).toContain('error = invalid_client');
    expect(stdout).toContain('error_description = the client secret has expired');
    expect(stdout).toContain('invalid_client (401)');
  });

  it('wrong method: what was tried, and what the server asks for', async () => {
    const challenge = { 'www-authenticate': 'Basic realm="as"' };
    tokens.next({ ...refusal('invalid_client', 'no credentials'), headers: challenge });
    const { code, first } = await reportOf(billing({ token_endpoint_auth_method: 'client_secret_post' }));
    expect(code).toBe(1);
    expect(first.hints).toContain(
      'the server asks for HTTP Basic, and client_secret_post was sent: set "token_endpoint_auth_method" to "client_secret_basic"',
    );
    expect(first.steps.at(-1)).toMatchObject({ request: { form: { client_id: 'shop', client_secret: '•••' } } });
  });

  it.each([
    ['with a blank behind it', 'hush-hush-hush ', 'the client secret begins or ends with white space'],
    ['in quotes', '"hush-hush-hush"', 'the client secret stands in quotes'],
    ['never put in', '%HUSH_HUSH_HUSH%', 'the client secret looks like a placeholder'],
  ])('wrong secret: one %s', async (_, client_secret, words) => {
    for (const token_endpoint_auth_method of ['client_secret_basic', 'client_secret_post']) {
      tokens.next(refusal('invalid_client', 'no'));
      const { stdout } = await check(billing({ client_secret, token_endpoint_auth_method }));
      expect(stdout).toContain(words);
      expect(stdout).not.toMatch(/hush/i);
    }
  });

  it('missing scope', async () => {
    tokens.next(refusal('invalid_scope', 'a scope is required', 400));
    const { code, first } = await reportOf(billing());
    expect(code).toBe(1);
    expect(first.reason).toContain('invalid_scope (400)');
    expect(first.steps.at(-1)).toMatchObject({ answer: { body: { error_description: 'a scope is required' } } });
  });

  it('a scope that was not granted', async () => {
    tokens.extra = { scope: 'read' };
    const { code, first } = await reportOf(billing({ scope: 'read write' }));
    expect(code).toBe(0);
    expect(first.steps.at(-1)).toMatchObject({ step: 'token', scope: 'read', requestedScope: 'read write' });
    expect(first.warnings.join()).toContain('write');
  });

  it.each(['wrong aud', 'unknown kid'])('%s: what the assertion said', async (what) => {
    tokens.next(refusal('invalid_client', `the assertion has a ${what}`));
    const { code, first } = await reportOf(signed());
    expect(code).toBe(1);
    expect(first.steps.at(-1)).toMatchObject({
      request: {
        form: { client_assertion: '•••' },
        assertion: {
          header: { alg: 'ES256', kid: 'old-key' },
          claims: { iss: 'shop', sub: 'shop', aud: 'https://as.example.com/wrong' },
        },
      },
      answer: { body: { error_description: `the assertion has a ${what}` } },
    });
    expect(first.reason).toMatch(/old-key.*https:\/\/as\.example\.com\/wrong/);
  });

  it.each([
    [600_000, /our clock is (?:599|600|601) s behind that of/],
    [-3_600_000, /our clock is (?:3599|3600|3601) s ahead of that of/],
  ])('clock off: the server is %d ms away', async (away, words) => {
    const date = new Date(Date.now() + away).toUTCString();
    tokens.next({ ...refusal('invalid_grant', 'too early'), headers: { date } });
    const { code, first } = await reportOf(billing());
    expect(code).toBe(1);
    expect(first.hints.join()).toMatch(words);
    const { answer } = first.steps.at(-1) as { answer: { clockAhead: number } };
    expect(Math.abs(answer.clockAhead + away)).toBeLessThan(5_000);
  });

  it('a metadata document given as endpoint: which endpoint it names', async () => {
    tokens.next({ body: { issuer: tokens.origin, token_endpoint: `${tokens.origin}/oauth/token` } });
    const { code, first } = await reportOf(billing());
    expect(code).toBe(1);
    expect(first.reason).toContain(`${tokens.origin}/oauth/token`);
  });

  it('a page in place of JSON', async () => {
    tokens.next({ body: '<!doctype html><title>Welcome to the hotel</title>' });
    const { code, stdout } = await check(billing());
    expect(code).toBe(1);
    expect(stdout).toContain('text = Welcome to the hotel');
  });

  it('a proxy in the way that refuses', async () => {
    proxy.refusal = 403;
    const { code, first } = await reportOf(
      billing({ token_endpoint: 'https://as.example.com/token', backend: { proxy: proxy.url } }),
    );
    proxy.refusal = undefined;
    expect(code).toBe(1);
    expect(first.steps.slice(0, 2)).toMatchObject([
      { step: 'connect', ok: true, proxy: true },
      { step: 'tunnel', ok: false, proxy: proxy.url, error: { message: 'the proxy answered CONNECT with 403' } },
    ]);
    expect(first.reason).toContain(new URL(proxy.url).host);
  });

  it('a proxy in the way that the environment names', async () => {
    const { HTTPS_PROXY } = process.env;
    process.env['HTTPS_PROXY'] = 'http://127.0.0.1:1';
    try {
      const { code, stdout } = await check(billing({ token_endpoint: 'https://as.example.com/token' }));
      expect(code).toBe(1);
      expect(stdout).toContain('✗ connect proxy  127.0.0.1:1: nothing listens on 127.0.0.1:1');
      expect(stdout).toContain(
        '✗ token request  POST https://as.example.com/token, 3 attempts: not sent (ECONNREFUSED)',
      );
      expect(stdout).toContain('! the proxy http://127.0.0.1:1 is from the environment (HTTPS_PROXY, HTTP_PROXY)');
    } finally {
      if (HTTPS_PROXY === undefined) delete process.env['HTTPS_PROXY'];
      else process.env['HTTPS_PROXY'] = HTTPS_PROXY;
    }
  });

  it('a proxy in the way that answers in the server’s place', async () => {
    tokens.next({ status: 403, headers: { 'x-squid-error': 'ERR_ACCESS_DENIED 0' }, body: '<h1>Denied</h1>' });
    const { code, first } = await reportOf(billing());
    expect(code).toBe(1);
    expect(first.hints).toContain(
      'a proxy in the way may have answered in the server\'s place: "x-squid-error: ERR_ACCESS_DENIED 0"',
    );
  });

  it('a server that breaks no silence in the TLS handshake: within connect_timeout', async () => {
    const silent = await listen(createSocketServer((socket) => void socket.resume()));
    others.push(silent);
    const token_endpoint = `https://127.0.0.1:${silent.port}/token`;
    const { code, first } = await reportOf(
      billing({ token_endpoint, backend: { connect_timeout: '200ms', timeout: '300ms' } }),
    );
    expect(code).toBe(1);
    expect(first.steps.slice(0, 2)).toMatchObject([
      { step: 'connect', ok: true },
      { step: 'tls', ok: false, error: { code: 'ETIMEDOUT', message: 'no answer within 200 ms' } },
    ]);
    expect(first.steps.at(-1)).toMatchObject({ step: 'token-request', ok: false, sent: false });
  });

  it('a server that never answers: within the token backend’s own time', async () => {
    const silent = await listen(createServer(() => {}));
    others.push(silent);
    const { code, first } = await reportOf(
      billing({ token_endpoint: `${silent.origin}/token`, backend: { timeout: '200ms' } }),
    );
    expect(code).toBe(1);
    expect(first.code).toBe('ERR_OAUTH2_TOKEN_TIMEOUT');
    expect(first.steps.at(-1)).toMatchObject({ step: 'token-request', ok: false, sent: true });
  });
});

describe('oauth2-backend check --call', () => {
  it('calls the API with the token', async () => {
    const { code, first } = await reportOf(billing({}, { path_prefix: '/v1' }), '--call', '/invoices');
    expect(code).toBe(0);
    expect(first.steps.at(-1)).toMatchObject({
      step: 'call',
      ok: true,
      request: { method: 'GET', url: `${api.origin}/v1/invoices`, headers: { authorization: 'Bearer •••' } },
      answer: { status: 200, body: {} },
    });
    expect(api.tokens()).toEqual([tokens.issued.at(-1)]);
  });

  it('tells that the API refuses the token, whose it is and what the API says', async () => {
    tokens.extra = { access_token: jwt({ alg: 'none' }, { iss: 'https://as', aud: 'other-api' }) };
    api.valid = () => false;
    api.challenge = 'Bearer error="invalid_token", error_description="wrong audience"';
    const { code, stdout } = await check(billing(), 'billing', '--call', 'invoices');
    expect(code).toBe(1);
    expect(stdout).toContain('www-authenticate: Bearer error="invalid_token", error_description="wrong audience"');
    expect(stdout).toContain('the API of "billing" refuses the token: it answered 401');
    expect(stdout).toContain('the token is for audience "other-api", issued by "https://as"');
  });

  it('tells that the API wants another scope', async () => {
    api.next({ status: 403, headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="admin"' } });
    const { code, first } = await reportOf(billing(), '--call', 'invoices');
    expect(code).toBe(1);
    expect(first.hints).toContain('the API wants a scope that the token has not: add it to "scope" of "oauth2"');
  });

  it('tells that the API is not there', async () => {
    const { code, first } = await reportOf(billing({}, { origin: 'http://127.0.0.1:1' }), '--call', '/');
    expect(code).toBe(1);
    expect(first.steps.at(-2)).toMatchObject({ step: 'connect', ok: false, port: 1 });
  });
});

function jwt(header: object, claims: object): string {
  const parts = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  return `${parts.join('.')}.c2lnbmF0dXJl`;
}
