import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createBackends, MissingSubjectError, OAuth2BackendError } from 'oauth2-backend';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { manualClock } from './sources/manual-clock.js';
import { billing } from './token-request/billing.js';

let server: TokenServer;
beforeAll(async () => {
  server = await tokenServer();
});
beforeEach(() => server.reset());
afterAll(() => server.close());

/** What a call fails with. */
async function failureOf(call: () => unknown): Promise<OAuth2BackendError> {
  try {
    await call();
  } catch (error) {
    if (error instanceof OAuth2BackendError) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

describe('an error that concerns a backend', () => {
  it('names it, and has the status twice', async () => {
    const { backend, backends } = billing(server.url);
    const plain = createBackends({ billing: { origin: 'http://127.0.0.1:9' } }).get('billing');
    const thrower = billing(server.url, {
      client_secret: () => {
        throw new Error('no vault');
      },
    }).backend;
    server.next({ status: 400, body: { error: 'invalid_scope' } });
    const errors = [
      await failureOf(() => backend.token()),
      await failureOf(() => backend.token()),
      await failureOf(() => backend.fetch('https://elsewhere.example/')),
      await failureOf(() => backend.request('x', { headers: { authorization: 'Bearer x' } })),
      await failureOf(() => backend.got('x', { prefixUrl: 'https://elsewhere.example' })),
      await failureOf(() => plain.token()),
      await failureOf(() => thrower.token()),
    ];
    await backends.close();
    for (const error of errors) {
      expect([error.code, error.backend, error.status]).toEqual([error.code, 'billing', error.statusCode]);
    }
    expect(errors.map(({ code }) => code)).toEqual([
      'ERR_OAUTH2_TOKEN_REQUEST',
      'ERR_OAUTH2_TOKEN_REQUEST',
      'ERR_OAUTH2_ORIGIN',
      'ERR_OAUTH2_AUTHORIZATION_HEADER',
      'ERR_OAUTH2_ORIGIN',
      'ERR_OAUTH2_NO_TOKEN',
      'ERR_OAUTH2_NO_TOKEN',
    ]);
  });

  it('names none where it concerns none', async () => {
    const { backends } = billing(server.url);
    const error = await failureOf(() => backends.get('biling'));
    expect(error).toMatchObject({ status: 500, statusCode: 500 });
    expect(error).not.toHaveProperty('backend');
    expect(new MissingSubjectError()).toMatchObject({ status: 401, statusCode: 401 });
  });

  it('says until when nobody asks: retryAt', async () => {
    const clock = manualClock();
    const { failure, backends } = billing(server.url, {}, { clock });
    server.next({ status: 503, headers: { 'retry-after': '40' } });
    const [first, second] = [await failure(), await failure()];
    expect(first['retryAt']).toBe(clock.now() + 40_000);
    expect(second['retryAt']).toBe(clock.now() + 40_000);
    expect(backends.status()[0]?.retryAt).toBe(clock.now() + 40_000);
  });
});

describe('an UnknownBackendError', () => {
  it('shows a name in one line, and no more than 100 characters of it', async () => {
    const { backends } = billing(server.url);
    const name = `x\r\nSet-Cookie: a\u2028${'y'.repeat(1_000)}`;
    const { message } = await failureOf(() => (backends as { get(name: string): unknown }).get(name));
    expect(message).toMatch(/^no backend is named "x Set-Cookie: a y{80,90}"$/);
  });
});
