import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createBackends } from 'oauth2-backend';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { manualClock } from '../sources/manual-clock.js';
import { complaintsOf } from '../sources/real-process.js';
import { billing } from '../token-request/billing.js';

let server: TokenServer;
beforeEach(async () => {
  server = await tokenServer();
});
afterEach(() => server.close());

function lines() {
  const said: string[] = [];
  const say = (level: string) => (_: object, message: string) => void said.push(`${level} ${message}`);
  return { said, logger: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') } };
}

describe('the token source of an oauth2 block', () => {
  it('asks once for 1,000 parallel callers on one signal, warns of nothing, leaves nothing listening', async () => {
    const { signal } = new AbortController();
    const { backend, backends } = billing(server.url);
    const complaints = await complaintsOf(async () => {
      const tokens = await Promise.all(Array.from({ length: 1_000 }, () => backend.token({ signal })));
      expect(new Set(tokens.map(({ value }) => value))).toEqual(new Set(['token-1']));
    });
    expect(server.requests).toHaveLength(1);
    expect(complaints).toEqual([]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await backends.close();
  });

  it('counts and says what happens, never a secret', async () => {
    const clock = manualClock();
    const { said, logger } = lines();
    const { backend, backends, failure } = billing(server.url, {}, { clock, logger });
    const { expiresAt } = await backend.token();
    expect(backends.status()).toMatchObject([
      {
        name: 'billing',
        state: 'fresh',
        expiresAt,
        counts: { tokenRequests: 1, renewals: 1, refusals: 0, failures: 0 },
      },
    ]);
    clock.pass(3_600_000);
    server.failure = { status: 401, body: { error: 'invalid_client', error_description: 's3cret-of-the-shop' } };
    await failure();
    const [status] = backends.status();
    const message = `${new URL(server.url).host} refused client "shop": invalid_client (401): [left out: it repeats a credential]`;
    expect(status).toMatchObject({
      state: 'failing',
      lastError: {
        code: 'ERR_OAUTH2_TOKEN_REQUEST',
        message,
        at: clock.now(),
      },
      counts: { tokenRequests: 2, renewals: 1, failures: 1 },
    });
    expect(said).toEqual([
      'debug token endpoint of "billing" answered 200 after 0 ms',
      `debug token for "billing" renewed; it ends ${new Date(expiresAt).toISOString()}`,
      'debug token endpoint of "billing" answered 401 after 0 ms',
      `warn token for "billing" could not be renewed: ${message}; next attempt after ${new Date(status?.retryAt ?? 0).toISOString()}`,
    ]);
    await backends.close();
  });

  it('counts every attempt of a renewal', async () => {
    const { backend, backends } = billing(server.url);
    server.next({ reset: true });
    await backend.token();
    expect(backends.status()[0]?.counts).toMatchObject({ tokenRequests: 2, renewals: 1, failures: 0 });
  });

  it('takes scope and renew_before from the block', async () => {
    const random = jest.spyOn(Math, 'random').mockReturnValue(0);
    const clock = manualClock();
    const { backend } = billing(server.url, { scope: 'read', renew_before: '10m' }, { clock });
    expect(await backend.token()).toMatchObject({ value: 'token-1', scope: 'read' });
    clock.pass(3_600_000 - 600_001);
    await backend.token();
    expect(server.requests).toHaveLength(1);
    clock.pass(1);
    expect((await backend.token()).value).toBe('token-1');
    await server.arrived(2);
    random.mockRestore();
  });

  it('fails with ERR_OAUTH2_NO_TOKEN and sends nothing when the function for the secret fails', async () => {
    const cause = new Error('vault is sealed');
    const error = await billing(server.url, { client_secret: () => Promise.reject(cause) }).failure();
    expect(error).toMatchObject({ code: 'ERR_OAUTH2_NO_TOKEN', statusCode: 502, cause });
    expect(server.requests).toEqual([]);
  });
});

describe('backends that share a token backend', () => {
  it('pause together when it is down, are renewed apart, and say so', async () => {
    const clock = manualClock();
    const block = (client_id: string) => ({
      origin: 'http://127.0.0.1:9',
      oauth2: {
        grant_type: 'client_credentials' as const,
        token_endpoint: '/token',
        client_id,
        client_secret: 's3cret',
        backend: 'idp',
      },
    });
    const { idp, ...named } = { idp: { origin: server.origin }, billing: block('shop'), stock: block('store') };
    const backends = createBackends({ idp, ...named }, { clock });
    const token = (name: 'billing' | 'stock') => backends.get(name).token();
    const random = jest.spyOn(Math, 'random').mockReturnValue(0);
    server.failure = { reset: true };
    await expect(token('billing')).rejects.toThrow('could not be reached for client "shop"');
    const others = await token('stock').catch((error: unknown) => error);
    expect(others).toMatchObject({
      message: expect.stringMatching(
        /^127\.0\.0\.1:\d+ is not asked for client "store" now: it could not be reached by others \((?:ECONNRESET|UND_ERR_SOCKET)\)$/,
      ),
    });
    expect(others).not.toHaveProperty('cause');
    const [, billingStatus, stockStatus] = backends.status();
    expect([billingStatus, stockStatus]).toMatchObject([
      { state: 'failing', retryAt: clock.now() + 500, counts: { tokenRequests: 3, failures: 1 } },
      { state: 'failing', retryAt: clock.now() + 500, counts: { tokenRequests: 0, failures: 0 } },
    ]);
    random.mockRestore();
    server.failure = undefined;
    clock.pass(500);
    expect((await Promise.all([token('billing'), token('stock')])).map(({ value }) => value)).toEqual([
      'token-1',
      'token-2',
    ]);
    expect(backends.status().slice(1)).toMatchObject([{ state: 'fresh' }, { state: 'fresh' }]);
    await backends.close();
  });
});

describe('a token backend that needs a token itself', () => {
  let inner: TokenServer;
  beforeEach(async () => {
    inner = await tokenServer();
  });
  afterEach(() => inner.close());

  it('costs nobody a request nor a pause of their own while that token cannot be had', async () => {
    const clock = manualClock();
    const client = {
      grant_type: 'client_credentials' as const,
      token_endpoint_auth_method: 'client_secret_post' as const,
      client_id: 'shop',
      client_secret: 's3cret',
    };
    const idp = { origin: server.origin, oauth2: { ...client, token_endpoint: inner.url } };
    const billing = { origin: 'http://127.0.0.1:9', oauth2: { ...client, token_endpoint: '/token', backend: 'idp' } };
    const backends = createBackends({ idp, billing }, { clock });
    inner.failure = { status: 503, headers: { 'retry-after': '4' } };
    await expect(backends.get('billing').token()).rejects.toMatchObject({ response: { status: 503 } });
    clock.pass(3_999);
    await expect(backends.get('billing').token()).rejects.toMatchObject({ response: { status: 503 } });
    expect(backends.status()[1]).toMatchObject({ counts: { tokenRequests: 0 } });
    expect(inner.requests).toHaveLength(1);
    inner.failure = undefined;
    clock.pass(1);
    expect((await backends.get('billing').token()).value).toBe('token-1');
    expect(backends.status()[1]).toMatchObject({ counts: { tokenRequests: 1 } });
    await backends.close();
  });
});
