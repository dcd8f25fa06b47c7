import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createBackends,
  type RequestContext,
  type TokenRequestError,
  type TokenSourceOptions,
  tokenSource,
} from 'oauth2-backend';
import { type ApiServer, apiServer } from 'test-servers/api-server';
import { memoryStore } from '../sharing/memory-store.js';
import { manualClock } from '../sources/manual-clock.js';

let api: ApiServer;
beforeAll(async () => {
  api = await apiServer();
});
beforeEach(() => {
  api.reset();
  api.valid = () => true;
});
afterAll(() => api.close());

/** A backend whose tokens a function gets: `vendor-1`, `vendor-2`, … unless the test says otherwise. */
function vendor(options: Partial<TokenSourceOptions> = {}, more: object = {}) {
  const clock = manualClock();
  const asked: (RequestContext | undefined)[] = [];
  const acquire: TokenSourceOptions['acquire'] = ({ context }) => {
    asked.push(context);
    return { value: `vendor-${asked.length}`, expiresIn: 3_600_000, scope: 'all' };
  };
  const oauth2 = tokenSource({ acquire, ...options });
  const backends = createBackends({ api: { origin: api.origin, oauth2 } }, { clock, ...more });
  const forUser = (user: string) => {
    const signal = new AbortController().signal;
    return backends.for({ request: {}, response: {}, signal, inbound: { user } } as unknown as RequestContext).api;
  };
  return { backends, backend: backends.get('api'), asked, clock, forUser };
}

const failureOf = (call: Promise<unknown>): Promise<TokenRequestError> =>
  call.then(
    () => Promise.reject(new Error('it did not fail')),
    (error) => error,
  );

describe('tokenSource({ acquire }) as oauth2', () => {
  it('asks once for all who wait, keeps the token, and counts', async () => {
    const { backend, backends, asked, clock } = vendor();
    const answers = await Promise.all([backend.fetch('a'), backend.fetch('b'), backend.fetch('c')]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(api.tokens()).toEqual(['vendor-1', 'vendor-1', 'vendor-1']);
    expect(asked).toEqual([undefined]);
    expect(await backend.token()).toMatchObject({ type: 'Bearer', expiresAt: clock.now() + 3_600_000, scope: 'all' });
    expect(backends.status()).toMatchObject([
      { state: 'fresh', expiresAt: clock.now() + 3_600_000, counts: { tokenRequests: 1, renewals: 1, identities: 1 } },
    ]);
  });

  it('over the backends of others tells those which token was refused', async () => {
    const others = vendor();
    await others.backend.fetch('warm');
    const acquire: TokenSourceOptions['acquire'] = ({ refused }) => others.backend.token({ refused });
    const { backend } = vendor({ acquire });
    await backend.fetch('a');
    api.valid = (token) => token !== 'vendor-1';
    expect((await backend.fetch('b')).status).toBe(200);
    expect(api.tokens().slice(1)).toEqual(['vendor-1', 'vendor-1', 'vendor-2']);
  });

  it('renews ahead of the end, after a 401, and at ready()', async () => {
    const { backend, backends, asked, clock } = vendor();
    await backends.ready();
    expect(asked).toHaveLength(1);
    clock.pass(3_599_000);
    await backend.fetch('x');
    expect(api.tokens()).toEqual(['vendor-2']);
    api.valid = (token) => token !== 'vendor-2';
    expect((await backend.fetch('x')).status).toBe(200);
    expect(api.tokens().at(-1)).toBe('vendor-3');
    expect(backends.status()[0]?.counts).toMatchObject({ refusals: 1 });
  });

  it('lives 5 min where neither end is given, until the earlier where both are', async () => {
    for (const [given, life] of [
      [{}, 300_000],
      [{ expiresIn: 60_000, expiresAt: Number.MAX_SAFE_INTEGER }, 60_000],
      [{ expiresIn: null, expiresAt: undefined }, 300_000],
    ] as const) {
      const { backend, clock } = vendor({ acquire: () => ({ value: 'a', ...given }) as never });
      expect((await backend.token()).expiresAt).toBe(clock.now() + life);
    }
  });

  it.each([
    ['a negative life', { value: 'a', expiresIn: -1 }],
    ['an infinite life', { value: 'a', expiresIn: Number.POSITIVE_INFINITY }],
    ['no number', { value: 'a', expiresIn: '60' }],
    ['an end in the past', { value: 'a', expiresAt: 1 }],
    ['an end that is no number', { value: 'a', expiresAt: Number.NaN }],
    ['a line break', { value: 'a\r\nb' }],
    ['no value', { token: 'a' }],
    ['nothing', undefined],
  ])('%s is a TokenRequestError', async (_, given) => {
    const { backend } = vendor({ acquire: () => given as never });
    expect(await failureOf(backend.token())).toMatchObject({
      code: 'ERR_OAUTH2_TOKEN_REQUEST',
      backend: 'api',
      message: expect.stringContaining('acquire() of "api" gave'),
    });
  });

  it('what it throws is the cause, and others pause', async () => {
    const cause = new Error('the vendor is closed');
    let calls = 0;
    const { backend, backends, clock } = vendor({
      acquire: () => {
        calls += 1;
        throw cause;
      },
    });
    const error = await failureOf(backend.token());
    expect(error).toMatchObject({ code: 'ERR_OAUTH2_TOKEN_REQUEST', statusCode: 502, cause });
    expect(error.retryAt).toBeGreaterThan(clock.now());
    const before = calls;
    await failureOf(backend.token());
    expect(calls).toBe(before);
    expect(backends.status()[0]).toMatchObject({ state: 'failing', counts: { failures: 1 } });
  });

  it.each([
    ['throws', () => Promise.reject(new Error('the vendor knows no amy'))],
    ['gives no token', () => ({ value: 'a\r\nb' })],
    [
      'gives a member that throws',
      () =>
        Object.defineProperty({ value: 'a' }, 'expiresIn', {
          get: () => {
            throw new Error('no number');
          },
        }),
    ],
  ])('what %s for one user costs one call, and nothing to others', async (_, forAmy) => {
    const calls: string[] = [];
    const { forUser, clock } = vendor({
      subject: (context) => context?.inbound.user,
      acquire: ({ context }) => {
        const { user } = context?.inbound ?? {};
        calls.push(user);
        return user === 'amy' ? forAmy() : { value: `of-${user}` };
      },
    });
    for (let index = 0; index < 10; index++) {
      expect(await failureOf(forUser('amy').token())).toMatchObject({ code: 'ERR_OAUTH2_TOKEN_REQUEST' });
      expect((await forUser(`user-${index}`).token()).value).toBe(`of-user-${index}`);
      clock.pass(3_000);
    }
    expect(calls.filter((user) => user === 'amy')).toHaveLength(10);
  });

  it('what it throws for three users in a row pauses all', async () => {
    let calls = 0;
    const { forUser } = vendor({
      subject: (context) => context?.inbound.user,
      acquire: () => {
        calls += 1;
        throw new Error('the vendor is closed');
      },
    });
    for (const user of ['amy', 'bob', 'carl', 'dora']) await failureOf(forUser(user).token());
    expect(calls).toBe(3);
  });

  it('keeps 8 KiB of a scope, in one line', async () => {
    const { backend } = vendor({ acquire: () => ({ value: 'a', scope: 'read\r\nwrite '.repeat(30_000) }) });
    const { scope = '' } = await backend.token();
    expect(scope.length).toBeLessThanOrEqual(8_192);
    expect(scope).toMatch(/^[a-z]+(?: [a-z]+)*$/);
  });

  it('ends with the signal it is given when its backends are closed', async () => {
    let seen: AbortSignal | undefined;
    const { backend, backends } = vendor({
      acquire: ({ signal }) => {
        seen = signal;
        return new Promise(() => {});
      },
    });
    const waiting = failureOf(backend.token());
    await backends.close({ timeout: 0 });
    await waiting;
    expect(seen?.aborted).toBe(true);
  });

  it('with subject: one token for each, and the request for the function', async () => {
    const seen: string[] = [];
    const { backends, backend, forUser } = vendor({
      subject: (context) => context?.inbound.user,
      acquire: ({ context }) => {
        seen.push(context?.inbound.user);
        return { value: `of-${context?.inbound.user}` };
      },
    });
    for (const user of ['ann', 'bob', 'ann']) await forUser(user).fetch('x');
    expect(api.tokens()).toEqual(['of-ann', 'of-bob', 'of-ann']);
    expect(seen).toEqual(['ann', 'bob']);
    expect(backends.status()[0]?.counts).toMatchObject({ identities: 2 });
    expect(await failureOf(backend.token())).toMatchObject({ code: 'ERR_OAUTH2_NO_TOKEN' });
  });

  it('without subject: the request of one is not told to what is for all', async () => {
    const { forUser, asked } = vendor();
    await forUser('ann').token();
    expect(asked).toEqual([undefined]);
  });

  it.each([
    [true, ['vendor-1', 'vendor-1']],
    [false, ['vendor-1', 'other-1']],
  ])('with shared: %j and a store', async (shared, expected) => {
    const store = memoryStore(new Map(), { storeSecret: 'x8Jv0pQ2mN4rT6yU1wE3zA5bC7dF9gH0kL2oS4iM6qR=' });
    const clock = manualClock();
    const one = vendor({ shared }, { store, clock });
    const other = vendor({ shared, acquire: () => ({ value: 'other-1' }) }, { store, clock });
    const first = await one.backend.token();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([first.value, (await other.backend.token()).value]).toEqual(expected);
  });

  it('replaces a block as one of the tokens, too', async () => {
    const { asked } = vendor();
    expect(asked).toEqual([]);
    let calls = 0;
    const source = tokenSource({ acquire: () => ({ value: `t-${++calls}`, expiresIn: 60_000 }) });
    const oauth2 = {
      grant_type: 'client_credentials',
      token_endpoint: 'https://as.example/t',
      client_id: 'a',
    } as const;
    const backends = createBackends(
      { api: { origin: api.origin, oauth2: { ...oauth2, client_secret: 'b' } } },
      { tokens: { api: source } },
    );
    for (const path of ['a', 'b']) await backends.get('api').fetch(path);
    expect(api.tokens()).toEqual(['t-1', 't-1']);
    await backends.close();
  });
});

describe('tokenSource(options)', () => {
  it('by itself asks each time', async () => {
    let calls = 0;
    const source = tokenSource({ acquire: () => ({ value: `t-${++calls}` }) });
    expect([(await source.token()).value, (await source.token()).value]).toEqual(['t-1', 't-2']);
  });

  it.each([
    [{}, 'tokenSource needs a function "acquire"'],
    [undefined, 'tokenSource needs a function "acquire"'],
    [{ acquire: () => ({ value: 'a' }), shard: true }, '"shard" is no option of tokenSource'],
    [{ acquire: () => ({ value: 'a' }), shared: 1 }, '"shared" must be true or false'],
    [{ acquire: () => ({ value: 'a' }), subject: 'ann' }, '"subject" must be a function'],
  ])('refuses %j', (options, message) => {
    expect(() => tokenSource(options as never)).toThrow(message);
  });
});
