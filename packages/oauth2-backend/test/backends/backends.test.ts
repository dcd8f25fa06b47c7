import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import nock from 'nock';
import {
  bearer,
  ConfigurationError,
  createBackends,
  requestContext,
  staticToken,
  TokenRequestError,
  UnknownBackendError,
} from 'oauth2-backend';
import { MockAgent } from 'undici';
import { type ClientWorld, clients, clientWorld, manualClock, rejection } from '../clients/client-world.js';
import { runModule } from '../clients/run-module.js';
import { accepted } from '../sources/accepted.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

const oauth2 = {
  grant_type: 'client_credentials',
  token_endpoint: 'https://as.example/token',
  client_id: 'shop',
  client_secret: 'the-secret',
} as const;
const context = () => {
  const request = new IncomingMessage(new Socket());
  return requestContext(request, new ServerResponse(request));
};

describe('createBackends(definitions)', () => {
  it('knows its names, and each by name; an unknown one with the nearest', () => {
    const backends = createBackends({
      billing: { origin: 'https://b.example', oauth2 },
      orders: { origin: 'https://o.example' },
    });
    expect(backends.names).toEqual(['billing', 'orders']);
    expect(backends.get('billing').name).toBe('billing');
    expect(backends.get('billing')).toBe(backends.get('billing'));
    expect(() => backends.get('biling' as never)).toThrow(UnknownBackendError);
    expect(() => backends.get('biling' as never)).toThrow('did you mean "billing"?');
    expect(() => backends.get('constructor' as never)).toThrow(UnknownBackendError);
    expect(() => backends.get(undefined as never)).toThrow(UnknownBackendError);
  });

  it('ties backends to a request, each when first read; awaiting, printing and stringifying them is harmless', async () => {
    const tied = world.backends().for(context());
    expect(tied.api).toBe(tied.api);
    expect(Reflect.get(tied, 'then')).toBeUndefined();
    expect(Reflect.get(tied, 'toJSON')).toBeUndefined();
    expect(Reflect.get(tied, Symbol.toPrimitive)).toBeUndefined();
    expect(await Promise.resolve(tied)).toBe(tied);
    expect(() => Reflect.get(tied, 'apo')).toThrow(UnknownBackendError);
    for (const shown of [
      inspect(tied, { depth: 10 }),
      inspect(tied, { showHidden: true, getters: true }),
      JSON.stringify(tied),
    ]) {
      expect(shown).not.toContain('the-secret');
    }
    expect(world.as.requests).toHaveLength(0);
  });

  it('refuses unknown and wrong options together, and tokens for unknown names', () => {
    const make = (options: object) => () => createBackends({ api: { origin: 'https://a.example' } }, options);
    expect(make({ loger: console })).toThrow('loger: is no option; did you mean "logger"?');
    expect(make({ clock: {}, dispatcher: 1, tokens: { api: {} } })).toThrow(
      /clock: [\s\S]*dispatcher: [\s\S]*tokens\.api: /,
    );
    expect(make({ tokens: { ap: staticToken('x') } })).toThrow(ConfigurationError);
  });

  it('reports wrong options and wrong definitions together', async () => {
    const error = await rejection(
      (async () => createBackends({ api: { origin: 'nonsense' } }, { loger: console, maxIdentities: 0 } as object))(),
    );
    expect(error).toBeInstanceOf(ConfigurationError);
    const problems = error['problems'] as ConfigurationError['problems'];
    expect(problems.map(({ path }) => path)).toEqual(['loger', 'maxIdentities', 'api.origin']);
  });

  it.each([0, -1, 1.5, Number.POSITIVE_INFINITY, '200', null])('refuse %p as newIdentitiesPerSecond', (value) => {
    const options = { newIdentitiesPerSecond: value } as object;
    expect(() => createBackends({ api: { origin: 'https://api.example.com' } }, options)).toThrow(
      /newIdentitiesPerSecond: must be a whole number, 1 or more/,
    );
  });

  it('takes nothing from Object.prototype', () => {
    const polluted = { tokens: { api: {} }, maxIdentities: 'junk', logger: 1, dispatcher: 1, clock: {}, loger: 1 };
    const missing = { origin: 'https://evil.example', allow_http: true };
    const source = staticToken('x');
    const attempts = [
      () => createBackends({ api: { origin: 'https://a.example', oauth2 } }).names,
      () => createBackends({ api: { origin: 'http://a.example', oauth2 } }),
      () => createBackends({ api: { oauth2 } as never }),
      () => bearer(source, { origin: 'http://a.example' }),
      () => bearer(source, {} as never),
    ];
    expect(withPrototype({ ...polluted, ...missing, allowHttp: true }, attempts)).toEqual([
      ['api'],
      ['api.origin'],
      ['api.origin'],
      ['origin'],
      ['origin'],
    ]);
  });

  it('warns through the logger', () => {
    const warn = jest.fn();
    const logger = { debug: jest.fn(), info: jest.fn(), warn, error: jest.fn() };
    createBackends({ api: { origin: 'http://a.example', allow_http: true, oauth2 } }, { logger });
    expect(warn).toHaveBeenCalledTimes(1);
    expect(String(warn.mock.calls)).not.toContain('the-secret');
  });
});

/** Runs each attempt while `Object.prototype` has these members; gives what it gave, or the paths of its problems. */
function withPrototype(members: object, attempts: readonly (() => unknown)[]): unknown[] {
  Object.assign(Object.prototype, members);
  try {
    return attempts.map((attempt) => {
      try {
        return attempt();
      } catch (error) {
        return error instanceof ConfigurationError ? error.problems.map(({ path }) => path) : error;
      }
    });
  } finally {
    for (const name of Object.keys(members)) Reflect.deleteProperty(Object.prototype, name);
  }
}

describe('options for tests', () => {
  it.each(clients)('tokens replaces the token source: $name', async ({ send }) => {
    await send(world.backend({}, { tokens: { api: staticToken('given') } }), 'x');
    expect(world.api.tokens()).toEqual(['given']);
    expect(world.as.requests).toHaveLength(0);
  });

  it('dispatcher replaces the connections of token requests and fetch, and is left open by close()', async () => {
    const mock = new MockAgent();
    mock.disableNetConnect();
    mock
      .get('https://as.example')
      .intercept({ path: '/token', method: 'POST' })
      .reply(200, { access_token: 'mocked', token_type: 'Bearer', expires_in: 60 });
    mock
      .get('https://a.example')
      .intercept({ path: '/x', headers: { authorization: 'Bearer mocked' } })
      .reply(200, { fine: true });
    mock.get('https://a.example').intercept({ path: '/y', method: 'POST', body: '{"a":1}' }).reply(201, 'made');
    const backends = createBackends({ api: { origin: 'https://a.example', oauth2 } }, { dispatcher: mock });
    expect(await (await backends.get('api').fetch('x')).json()).toEqual({ fine: true });
    expect((await backends.get('api').fetch('y', { method: 'POST', body: '{"a":1}' })).status).toBe(201);
    mock.assertNoPendingInterceptors();
    const close = jest.spyOn(mock, 'close');
    const destroy = jest.spyOn(mock, 'destroy');
    await backends.close();
    expect(close).not.toHaveBeenCalled();
    expect(destroy).not.toHaveBeenCalled();
    await mock.close();
  });

  it('nock works for got', async () => {
    const scope = nock('https://a.example', { reqheaders: { authorization: 'Bearer given' } })
      .get('/x')
      .reply(200, { fine: true });
    const backends = createBackends(
      { api: { origin: 'https://a.example', oauth2 } },
      { tokens: { api: staticToken('given') } },
    );
    try {
      expect(await backends.get('api').got('x').json()).toEqual({ fine: true });
      scope.done();
    } finally {
      nock.restore();
      await backends.close();
    }
  });
});

describe('ready()', () => {
  it('gets every token ahead of the first request', async () => {
    const backends = world.backends();
    await backends.ready();
    expect(world.as.requests).toHaveLength(1);
    await backends.get('api').fetch('x');
    expect(world.as.requests).toHaveLength(1);
  });

  it('names all that failed, and asks again although a pause is on', async () => {
    world.as.failure = { status: 400, body: { error: 'invalid_client' } };
    const definition = { origin: world.api.origin, oauth2: { ...oauth2, token_endpoint: world.as.url } };
    const backends = createBackends({
      a: definition,
      b: { ...definition, oauth2: { ...definition.oauth2, client_id: 'other' } },
      c: { origin: world.api.origin },
    });
    const error = await rejection(backends.ready());
    expect(error).toBeInstanceOf(AggregateError);
    expect(error.message).toMatch(
      /^no token for "a" \(127\.0\.0\.1:\d+ refused client "shop": .*\), "b" \(127\.0\.0\.1:\d+ refused client "other": /,
    );
    expect(error['errors']).toEqual([expect.any(TokenRequestError), expect.any(TokenRequestError)]);
    world.as.failure = undefined;
    await backends.ready();
    await backends.close();
  });

  it('asks once while a pause is on, however often and by how many it is called', async () => {
    const backends = world.backends({}, { clock: manualClock() });
    world.as.failure = { status: 400, body: { error: 'invalid_client' } };
    await rejection(backends.ready());
    expect(world.as.requests).toHaveLength(1);
    for (let round = 0; round < 3; round++) {
      await Promise.all(Array.from({ length: 20 }, () => rejection(backends.ready())));
    }
    expect(world.as.requests).toHaveLength(2);
  });

  it('ends with the reason of the signal', async () => {
    const backends = world.backends();
    world.as.hold();
    const controller = new AbortController();
    const outcome = rejection(backends.ready({ signal: controller.signal }));
    await world.as.arrived(1);
    controller.abort('enough');
    expect(await outcome).toBe('enough');
  });
});

describe('status()', () => {
  it('tells what happened', async () => {
    const backends = world.backends();
    const none = { tokenRequests: 0, renewals: 0, refusals: 0, failures: 0, identities: 0, evictions: 0 };
    const counts = { ...none, reconnects: 0 };
    expect(backends.status()).toEqual([{ name: 'api', state: 'none', counts }]);
    const release = world.as.hold();
    const token = backends.get('api').token();
    expect(backends.status()[0]?.state).toBe('renewing');
    release();
    const { expiresAt } = await accepted(token);
    expect(backends.status()).toEqual([
      { name: 'api', state: 'fresh', expiresAt, counts: { ...counts, tokenRequests: 1, renewals: 1, identities: 1 } },
    ]);
    world.api.revoke('token-1');
    world.as.failure = { status: 400, body: { error: 'invalid_client' } };
    await rejection(backends.get('api').fetch('x'));
    const [status] = backends.status();
    expect(status).toMatchObject({
      state: 'failing',
      counts: { tokenRequests: 2, renewals: 1, refusals: 1, failures: 1 },
    });
    expect(status?.lastError).toMatchObject({
      code: 'ERR_OAUTH2_TOKEN_REQUEST',
      message: expect.stringContaining('invalid_client'),
    });
    expect(status?.retryAt).toBeGreaterThan(status?.lastError?.at ?? Number.POSITIVE_INFINITY);
  });
});

describe('status() of a source whose current() throws', () => {
  it('says that there is no token', () => {
    const oauth2 = {
      token: async () => Promise.reject(new Error('none')),
      current: () => {
        throw new Error('of the source');
      },
    };
    const [status] = createBackends({ api: { origin: 'https://a.example', oauth2 } }).status();
    expect(status?.state).toBe('none');
  });
});

describe('close()', () => {
  it.each([Number.NaN, -1, '10s', null])('refuses %p for its time, and closes nothing', async (timeout) => {
    const backends = world.backends();
    await expect(backends.close({ timeout: timeout as never })).rejects.toThrow(ConfigurationError);
    expect((await backends.get('api').fetch('x')).status).toBe(200);
  });

  it('waits for all running calls when its time is Infinity', async () => {
    const backends = world.backends();
    const go = world.api.hold();
    const call = backends.get('api').fetch('x');
    await world.api.arrived(1);
    const closing = backends.close({ timeout: Number.POSITIVE_INFINITY });
    setTimeout(go, 50);
    await expect(call.then((answer) => answer.json())).resolves.toMatchObject({ method: 'GET' });
    await closing;
  });

  it.each(clients)('lets running calls end and refuses new ones: $name', async ({ send }) => {
    const backends = world.backends();
    const release = world.api.hold();
    const running = send(backends.get('api'), 'running');
    await world.api.arrived(1);
    const closing = backends.close();
    expect(backends.close()).toBe(closing);
    expect(await rejection(send(backends.get('api'), 'new'))).toMatchObject({
      code: 'ERR_OAUTH2_CLOSED',
      statusCode: 500,
      expose: false,
    });
    expect(await rejection(backends.get('api').token())).toMatchObject({ code: 'ERR_OAUTH2_CLOSED' });
    release();
    expect(await running).toMatchObject({ status: 200 });
    await closing;
    expect(world.api.requests).toHaveLength(1);
  });

  it.each(clients)('ends what runs longer than its timeout: $name', async ({ send }) => {
    const backends = world.backends();
    world.api.hold();
    const running = rejection(send(backends.get('api'), 'running'));
    await world.api.arrived(1);
    await backends.close({ timeout: 50 });
    expect(await running).toMatchObject({ code: 'ERR_OAUTH2_CLOSED', statusCode: 500 });
  });
});

describe('a process', () => {
  const code = (last: string) => `
    import { createBackends } from 'oauth2-backend';
    const [origin, token_endpoint] = process.argv.slice(1);
    const oauth2 = { grant_type: 'client_credentials', token_endpoint, client_id: 'a', client_secret: 'b' };
    const backends = createBackends({ api: { origin, oauth2 } });
    const api = backends.get('api');
    await api.got('x').json();
    await (await api.fetch('x')).text();
    ${last}
    console.log('done');`;

  it.each(['', 'await backends.close();'])(
    'ends by itself with idle backends: %j',
    async (last) => {
      const { code: exit, stdout, stderr, time } = await runModule(code(last), world.api.origin, world.as.url);
      expect({ exit, stdout, stderr }).toEqual({ exit: 0, stdout: 'done\n', stderr: '' });
      expect(time).toBeLessThan(4_000);
    },
    30_000,
  );
});
