/** An example for each grant and client authentication, run as processes against real servers; needs the packages built. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { type ApiServer, apiServer } from 'test-servers/api-server';
import { recordingServer } from 'test-servers/recording-server';
import { formOf, type TokenServer, tokenServer } from 'test-servers/token-server';
import { HMAC_SECRET, keyPair, pemOf } from '../../packages/oauth2-backend/test/definitions/signing-keys.js';
import { type RunningExample, runExample } from './run-example.js';

jest.setTimeout(30_000);

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const CLIENT_ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

let folder: string;
let tokens: TokenServer;
let api: ApiServer;
let running: RunningExample | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grants-'));
});

afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  tokens = await tokenServer();
  api = await apiServer();
});

afterEach(async () => {
  running?.kill('SIGKILL');
  await running?.ended;
  await Promise.all([tokens.close(), api.close()]);
});

function start(name: string, env: Record<string, string>): RunningExample {
  const file = new URL(`../../examples/grants/${name}.js`, import.meta.url);
  running = runExample(file, { env: { BILLING_ORIGIN: api.origin, TOKEN_ENDPOINT: tokens.url, ...env } });
  return running;
}

/** Runs a script to its end; gives what it printed and the form and header that the token endpoint saw, once. */
async function run(name: string, env: Record<string, string>) {
  const example = start(name, env);
  expect({ code: await example.ended, output: example.output() }).toEqual({
    code: 0,
    output: expect.stringContaining('"url":"/invoices","token":"token-1"'),
  });
  expect(api.tokens()).toEqual(['token-1']);
  expect(tokens.requests).toHaveLength(1);
  const [request] = tokens.requests;
  return { form: formOf(request), authorization: request?.headers.authorization, output: example.output() };
}

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

describe('examples/grants, client authentication', () => {
  it('client-secret-basic.js has id and secret in the Authorization header', async () => {
    const { form, authorization } = await run('client-secret-basic', { CLIENT_ID: 'shop', CLIENT_SECRET: 'a b' });
    expect(authorization).toBe(basic('shop', 'a+b'));
    expect(form).toEqual({ grant_type: 'client_credentials', scope: 'invoices:read' });
  });

  it('client-secret-post.js has id and the secret of its file in the form', async () => {
    const CLIENT_SECRET_FILE = await file('client-secret', 'a b\n');
    const { form, authorization } = await run('client-secret-post', { CLIENT_ID: 'shop', CLIENT_SECRET_FILE });
    expect(authorization).toBeUndefined();
    expect(form).toEqual({ grant_type: 'client_credentials', client_id: 'shop', client_secret: 'a b' });
  });

  it('client-secret-jwt.js has an assertion for the issuer, signed with the secret', async () => {
    const { form, authorization } = await run('client-secret-jwt', {
      CLIENT_ID: 'shop',
      CLIENT_SECRET: HMAC_SECRET,
      ISSUER: 'https://as.example.com',
    });
    const { client_assertion: assertion = '', ...others } = form;
    expect(authorization).toBeUndefined();
    expect(others).toEqual({
      grant_type: 'client_credentials',
      client_id: 'shop',
      client_assertion_type: CLIENT_ASSERTION,
    });
    const { payload } = await jwtVerify(assertion, Buffer.from(HMAC_SECRET), { algorithms: ['HS256'] });
    expect(payload).toMatchObject({ iss: 'shop', sub: 'shop', aud: 'https://as.example.com', jti: expect.any(String) });
  });

  it('private-key-jwt.js has an assertion for the issuer, signed with the private key', async () => {
    const { privateKey, publicKey } = keyPair('ES256');
    const { form, authorization } = await run('private-key-jwt', {
      CLIENT_ID: 'shop',
      ISSUER: 'https://as.example.com',
      KEY_ID: 'key-1',
      PRIVATE_KEY_FILE: await file('client-key.pem', pemOf(privateKey)),
    });
    const { client_assertion: assertion = '', ...others } = form;
    expect(authorization).toBeUndefined();
    expect(others).toEqual({
      grant_type: 'client_credentials',
      client_id: 'shop',
      client_assertion_type: CLIENT_ASSERTION,
    });
    const { payload, protectedHeader } = await jwtVerify(assertion, publicKey);
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'client-authentication+jwt', kid: 'key-1' });
    expect(payload).toMatchObject({ iss: 'shop', sub: 'shop', aud: 'https://as.example.com' });
  });

  it('public-client.js only says who it is', async () => {
    const { form, authorization } = await run('public-client', { CLIENT_ID: 'shop', USERNAME: 'amy', PASSWORD: 'p w' });
    expect(authorization).toBeUndefined();
    expect(form).toEqual({ grant_type: 'password', client_id: 'shop', username: 'amy', password: 'p w' });
  });
});

describe('examples/grants, grants', () => {
  it('password.js has the name and the password of its file, and warns', async () => {
    const { form, authorization, output } = await run('password', {
      CLIENT_ID: 'shop',
      CLIENT_SECRET: 'secret',
      USERNAME: 'amy',
      PASSWORD_FILE: await file('password', 'p w\n'),
    });
    expect(authorization).toBe(basic('shop', 'secret'));
    expect(form).toEqual({ grant_type: 'password', username: 'amy', password: 'p w' });
    expect(output).toContain('RFC 9700 §2.4');
  });

  it('jwt-bearer.js has an assertion with the claims of the service account', async () => {
    const { privateKey, publicKey } = keyPair('RS256');
    const { form, authorization } = await run('jwt-bearer', {
      SERVICE_ACCOUNT: 'robot@shop',
      PRIVATE_KEY_FILE: await file('account-key.pem', pemOf(privateKey)),
    });
    const { assertion = '', ...others } = form;
    expect(authorization).toBeUndefined();
    expect(others).toEqual({ grant_type: JWT_BEARER, scope: 'invoices:read' });
    expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'RS256', typ: 'JWT' });
    const { payload } = await jwtVerify(assertion, publicKey);
    expect(payload).toEqual({
      iss: 'robot@shop',
      sub: 'robot@shop',
      aud: tokens.url,
      iat: expect.any(Number),
      exp: expect.any(Number),
      jti: expect.any(String),
    });
  });

  it('jwt-bearer-on-behalf.js has a token for each user, and none for a request without one', async () => {
    const example = start('jwt-bearer-on-behalf', { CLIENT_ID: 'shop', CLIENT_SECRET: 'secret', PORT: '0' });
    const [url] = await example.printed(/http:\S+\/invoices/);
    const tokenOf = async (user: string) => {
      const headers = { connection: 'close', authorization: `Bearer jwt.of.${user}` };
      const answer = await fetch(url, { headers });
      return ((await answer.json()) as { token: string }).token;
    };
    expect([await tokenOf('amy'), await tokenOf('bob'), await tokenOf('amy')]).toEqual([
      'token-1',
      'token-2',
      'token-1',
    ]);
    expect((await fetch(url, { headers: { connection: 'close' } })).status).toBe(401);

    expect(tokens.requests.map(formOf)).toEqual(
      ['amy', 'bob'].map((user) => ({ grant_type: JWT_BEARER, assertion: `jwt.of.${user}` })),
    );
    expect(tokens.requests.map(({ headers }) => headers.authorization)).toEqual([
      basic('shop', 'secret'),
      basic('shop', 'secret'),
    ]);
    expect(api.tokens()).toEqual(['token-1', 'token-2', 'token-1']);

    example.kill('SIGTERM');
    expect(await example.ended).toBe(0);
  });

  it.each(['token-exchange', 'token-exchange-koa'])(
    '%s.js exchanges what was verified, and answers 401 to everybody else',
    async (name) => {
      const issuer = 'https://login.example.com';
      const { privateKey, publicKey } = keyPair('ES256');
      const jwk = { ...publicKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'k1' };
      const keys = await recordingServer(() => ({ body: { keys: [jwk] } }));
      const example = start(name, {
        CLIENT_ID: 'shop',
        CLIENT_SECRET: 'secret',
        PORT: '0',
        ISSUER: issuer,
        JWKS_URI: `${keys.origin}/jwks`,
        AUDIENCE: 'shop',
      });
      const [url] = await example.printed(/http:\S+\/invoices/);
      const tokenOf = (user: string, audience = 'shop') =>
        new SignJWT({ sub: user, iss: issuer, aud: audience })
          .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
          .setIssuedAt()
          .setExpirationTime('5m')
          .sign(privateKey);
      const ask = async (token: string | undefined) => {
        const headers = {
          connection: 'close',
          'x-request-id': 'r1',
          ...(token && { authorization: `Bearer ${token}` }),
        };
        const answer = await fetch(url, { headers });
        return answer.status === 200 ? ((await answer.json()) as { token: string }).token : answer.status;
      };
      const [amy, bob] = [await tokenOf('amy'), await tokenOf('bob')];
      expect([await ask(amy), await ask(bob), await ask(amy)]).toEqual(['token-1', 'token-2', 'token-1']);
      for (const token of [undefined, 'made.up.token', await tokenOf('amy', 'another')])
        expect(await ask(token)).toBe(401);

      expect(tokens.requests.map(formOf)).toEqual(
        [amy, bob].map((subject_token) => ({
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          subject_token,
          subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          audience: 'billing',
        })),
      );
      expect(api.tokens()).toEqual(['token-1', 'token-2', 'token-1']);
      expect(api.requests.map(({ headers }) => headers['x-request-id'])).toEqual(['r1', 'r1', 'r1']);
      example.kill('SIGTERM');
      expect(await example.ended).toBe(0);
      await keys.close();
    },
  );
});
