import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { OAuth2Definition } from 'oauth2-backend';
import type { Answer } from 'test-servers/recording-server';
import { formOf, type TokenServer, tokenServer } from 'test-servers/token-server';
import { manualClock } from '../sources/manual-clock.js';
import { billing } from './billing.js';

let server: TokenServer;
beforeEach(async () => {
  server = await tokenServer();
  server.expiresIn = 0;
});
afterEach(() => server.close());

const PASSWORD = 'pass-word-of-ann';
const byPassword: Partial<OAuth2Definition> = {
  grant_type: 'password',
  username: 'ann',
  password: PASSWORD,
  scope: 'read write',
};
const ignore = () => undefined;
/** Does not print that the grant is a deprecated one. */
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const backendWith = (changes: Partial<OAuth2Definition> = {}) =>
  billing(server.url, { ...byPassword, ...changes }, { logger: silent });
/** On a clock that the test moves past the pauses. */
function pausable() {
  const clock = manualClock();
  return { clock, ...billing(server.url, byPassword, { logger: silent, clock }) };
}
const forms = () => server.requests.map(formOf);
const asked = () => forms().map((form) => form['refresh_token'] ?? form['grant_type']);

describe('the refresh token of a password grant', () => {
  it('is used for the next renewal, with the same client authentication and parameters', async () => {
    server.extra = { refresh_token: 'r1' };
    const { backend } = backendWith({ params: { audience: 'a' } });
    await backend.token();
    await backend.token();
    expect(forms()).toEqual([
      { audience: 'a', grant_type: 'password', username: 'ann', password: PASSWORD, scope: 'read write' },
      { audience: 'a', grant_type: 'refresh_token', refresh_token: 'r1', scope: 'read write' },
    ]);
    expect(server.requests[1]?.headers.authorization).toBe(server.requests[0]?.headers.authorization);
  });

  it('asks for no more than was granted (RFC 6749 §6)', async () => {
    server.extra = { refresh_token: 'r1', scope: 'read' };
    const { backend } = backendWith();
    await backend.token();
    server.extra = { refresh_token: 'r2' };
    expect(await backend.token()).toMatchObject({ scope: 'read' });
    await backend.token();
    expect(forms().map((form) => form['scope'])).toEqual(['read write', 'read', 'read']);
  });

  it('is kept when an answer brings none and replaced when it brings one (RFC 6749 §6)', async () => {
    const { backend } = backendWith();
    for (const extra of [{ refresh_token: 'r1' }, {}, { refresh_token: 'r2' }, { refresh_token: '' }, {}]) {
      server.extra = extra;
      await backend.token();
    }
    expect(asked()).toEqual(['password', 'r1', 'r1', 'r2', 'r2']);
  });

  it.each([400, 401, 200])(
    'is dropped on a %d that says invalid_grant, and the password is used at once',
    async (status) => {
      server.extra = { refresh_token: 'r1' };
      const { backend } = backendWith();
      await backend.token();
      server.extra = {};
      server.next({ status, body: { error: 'invalid_grant' } });
      expect((await backend.token()).value).toBe('token-2');
      expect(asked()).toEqual(['password', 'r1', 'password']);
      await backend.token();
      expect(asked()[3]).toBe('password');
    },
  );

  it.each([
    [400, { error: 'invalid_request' }],
    [401, { error: 'invalid_client' }],
    [403, '<html>'],
    [404, ''],
    [500, { error: 'server_error' }],
    [500, '<html>'],
  ])('is dropped on the second %d in a row, and the password follows in the same renewal', async (status, body) => {
    const { clock, backend, failure } = pausable();
    server.extra = { refresh_token: 'r1' };
    await backend.token();
    server.extra = {};
    server.next({ status, body });
    expect(await failure()).toMatchObject({ response: { status } });
    expect(asked()).toEqual(['password', 'r1']);
    clock.pass(10_000);
    server.next({ status, body });
    expect((await backend.token()).value).toBe('token-2');
    expect(asked()).toEqual(['password', 'r1', 'r1', 'password']);
  });

  it('is not dropped on two failures with a success between them', async () => {
    const { clock, backend, failure } = pausable();
    server.extra = { refresh_token: 'r1' };
    await backend.token();
    server.extra = {};
    for (let round = 0; round < 2; round++) {
      server.next({ status: 500 });
      await failure();
      clock.pass(10_000);
      await backend.token();
    }
    expect(asked()).toEqual(['password', 'r1', 'r1', 'r1', 'r1']);
  });

  it.each<[string, Answer]>([
    ['408', { status: 408 }],
    ['425', { status: 425 }],
    ['429', { status: 429 }],
    ['429 that says invalid_grant', { status: 429, body: { error: 'invalid_grant' } }],
    ['400 with Retry-After', { status: 400, body: { error: 'invalid_grant' }, headers: { 'retry-after': '5' } }],
    ['403 with Retry-After', { status: 403, headers: { 'retry-after': '5' } }],
    ['501', { status: 501 }],
    ['redirect', { status: 307, headers: { location: '/elsewhere' } }],
    ['200 that is no token', { body: { fine: true } }],
  ])('is kept on any number of answers with a %s: the password does not follow', async (_, answer) => {
    const { clock, backend, failure } = pausable();
    server.extra = { refresh_token: 'r1' };
    await backend.token();
    for (let round = 0; round < 3; round++) {
      server.next(answer);
      await failure();
      clock.pass(40_000);
    }
    await backend.token();
    expect(asked()).toEqual(['password', 'r1', 'r1', 'r1', 'r1']);
  });

  it.each<[string, Answer]>([
    ['503', { status: 503 }],
    ['broken connection', { reset: true }],
  ])('is kept on a %s', async (_, answer) => {
    server.extra = { refresh_token: 'r1' };
    const { backend } = backendWith();
    await backend.token();
    server.next(answer);
    await backend.token();
    expect(asked()).toEqual(['password', 'r1', 'r1']);
  });

  it('stays with the failure of the grant that follows it', async () => {
    server.extra = { refresh_token: 'r1' };
    const { backend, failure } = backendWith();
    await backend.token();
    server.next({ status: 400, body: { error: 'invalid_grant', error_description: 'old' } });
    server.next({ status: 400, body: { error: 'invalid_grant', error_description: 'bad password' } });
    expect(await failure()).toMatchObject({ response: { errorDescription: 'bad password' } });
    expect(asked()).toEqual(['password', 'r1', 'password']);
  });

  it('is used once however many wait (RFC 9700 §4.14.2)', async () => {
    server.extra = { refresh_token: 'r1' };
    const { backend } = backendWith();
    await backend.token();
    await Promise.all(Array.from({ length: 20 }, () => backend.token()));
    expect(asked()).toEqual(['password', 'r1']);
  });

  it('is never in the token, nor in an error that repeats it', async () => {
    const secret = 'refresh-token-of-ann-0123456789';
    server.extra = { refresh_token: secret };
    const { backend, backends, failure } = backendWith();
    const token = await backend.token();
    expect(inspect([token, backends, backends.status()], { showHidden: true, depth: 10 })).not.toContain(secret);
    const echo = { error: 'temporarily_unavailable', error_description: `no ${secret}` };
    server.failure = { status: 503, body: echo };
    const error = await failure();
    expect(inspect(error, { showHidden: true, depth: 10 })).not.toMatch(/refresh-token-of|pass-word-of/);
    expect(server.requests.at(-1)?.body.toString()).toContain(secret);
    expect(error).toMatchObject({ response: { errorDescription: '[left out: it repeats a credential]' } });
  });

  it('is ignored with the other grants (RFC 6749 §4.4.3)', async () => {
    server.extra = { refresh_token: 'r1' };
    for (const other of [
      { grant_type: 'client_credentials' },
      { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'a.b.c' },
    ] as const) {
      const { backend } = billing(server.url, other);
      await backend.token();
      await backend.token();
    }
    expect(forms().filter((form) => 'refresh_token' in form)).toEqual([]);
    expect(server.requests).toHaveLength(4);
  });
});

describe('a client_secret that changes (RFC 6749 §5.2)', () => {
  const refusal = { status: 401, body: { error: 'invalid_client' } };

  it.each([
    ['client_secret_basic', (secret: string) => ({ authorization: `Basic ${btoa(`shop:${secret}`)}` })],
    ['client_secret_post', (secret: string) => ({ client_secret: secret })],
  ] as const)('is tried once at once with %s when it has changed since the refusal', async (method, expected) => {
    let secret = 'one';
    server.next(refusal);
    const { backend } = billing(server.url, {
      token_endpoint_auth_method: method,
      client_secret: () => {
        const now = secret;
        secret = 'two';
        return now;
      },
    });
    await backend.token();
    expect(server.requests.map((request) => ({ ...request.headers, ...formOf(request) }))).toMatchObject([
      expected('one'),
      expected('two'),
    ]);
  });

  it('is not tried a third time, nor when it is the same, nor for an error that says nothing of it', async () => {
    let count = 0;
    server.failure = refusal;
    await billing(server.url, { client_secret: () => `secret-${++count}` }).failure();
    expect(server.requests).toHaveLength(2);
    await billing(server.url, { client_secret: () => 'same' }).failure();
    expect(server.requests).toHaveLength(3);
    await billing(server.url).failure();
    expect(server.requests).toHaveLength(4);
    server.failure = { status: 500, body: { error: 'server_error' } };
    await billing(server.url, { client_secret: () => `secret-${++count}` }).failure();
    expect(server.requests).toHaveLength(5);
  });

  it('does not hide the refusal when the function fails the second time', async () => {
    server.failure = refusal;
    let asked = 0;
    const failing = () => {
      if (asked++ > 0) throw new Error('sealed');
      return 'one';
    };
    expect(await billing(server.url, { client_secret: failing }).failure()).toMatchObject({
      response: { error: 'invalid_client' },
    });
  });
});

describe('the message of invalid_client', () => {
  const head = () => `${new URL(server.url).host} refused client "shop": invalid_client (401): `;
  const check = (method: string) =>
    `${head()}check client_id and client_secret, and whether the server takes ${method} ("token_endpoint_auth_method")`;
  const twoWays = 'client_id or client_secret has characters that servers read in two ways';
  beforeEach(() => {
    server.failure = { status: 401, body: { error: 'invalid_client' } };
  });

  it.each([
    ['s3cr+t', 'form'],
    ['a b', 'raw'],
    ['ü', 'form'],
    ['100%', 'raw'],
    ['a:b', 'form'],
  ] as const)('hints at basic_encoding for a secret like %s', async (secret, basic_encoding) => {
    const error = await billing(server.url, { client_secret: secret, basic_encoding }).failure();
    const other = basic_encoding === 'form' ? 'raw' : 'form';
    const hint = `${twoWays}: try "basic_encoding": "${other}", or "client_secret_post"`;
    expect(error.message).toBe(head() + hint);
    expect(error.message).not.toContain(secret);
    for (const status of [400, 401, 403]) {
      server.failure = { status };
      const { message } = await billing(server.url, { client_secret: secret, basic_encoding }).failure();
      expect(message).toMatch(
        / without a reason: usually a wrong client_id, secret,.*; client_id or client_secret has /,
      );
      expect(message.endsWith(hint)).toBe(true);
    }
    server.failure = { status: 400, body: { error: 'invalid_request' } };
    const { message } = await billing(server.url, { client_secret: secret, basic_encoding }).failure();
    expect(message.endsWith(hint)).toBe(true);
  });

  it('gives no such hint where the encoding makes no difference, or the server says what it is', async () => {
    const messageOf = async (oauth2: object) => (await billing(server.url, oauth2).failure()).message;
    expect(await messageOf({ client_secret: 'a-b_c.d~e' })).toBe(check('client_secret_basic'));
    const post = { client_secret: 'a b', token_endpoint_auth_method: 'client_secret_post' };
    expect(await messageOf(post)).toBe(check('client_secret_post'));
    const said = 'client secret is expired';
    server.failure = { status: 401, body: { error: 'invalid_client', error_description: said } };
    expect(await messageOf({ client_secret: 'a b' })).toBe(`${head()}"${said}"`);
    server.failure = { status: 400, body: { error: 'invalid_scope' } };
    expect(await messageOf({ client_secret: 'a b' })).not.toContain('basic_encoding');
  });

  it('is one line in the log', async () => {
    const said: string[] = [];
    const say = (_: object, text: string) => void said.push(text);
    const logger = { debug: say, info: say, warn: say, error: say };
    await billing(server.url, { client_secret: 'a b' }, { clock: manualClock(), logger }).failure();
    expect(said).toHaveLength(2);
    expect(said.join(' ')).not.toContain('\n');
  });
});
