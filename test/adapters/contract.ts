/** What every adapter does, whatever the framework; run by each adapter's test file for each major it supports. */
import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  type Backend,
  type BackendDefinitions,
  type Backends,
  ClientClosedError,
  ConfigurationError,
  createBackends,
  MissingSubjectError,
  type RequestBackendsOptions,
  type RequestContext,
  type TokenQuery,
  TokenTimeoutError,
  UnknownBackendError,
} from 'oauth2-backend';
import supertest from 'supertest';
import { type ApiServer, apiServer } from 'test-servers/api-server';
import { type TokenServer, tokenServer } from 'test-servers/token-server';

type Members = Readonly<Record<string, Backend>>;

/** What Express's `req` and Koa's `ctx` have in common here. */
export interface Inbound extends Record<string, unknown> {
  readonly backends: Members & { readonly billing: Backend };
  readonly res: ServerResponse;
  get(header: string): string | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: each framework has its own kind; the contract only passes it on
type Middleware = Backends<any> & ((...args: any[]) => unknown) & { of(inbound: any): any };

/** What differs between the frameworks. */
export interface Adapter {
  backends(
    definitions: BackendDefinitions | Middleware | Backends<never>,
    options?: RequestBackendsOptions,
  ): Middleware;
  /** An application in production mode that runs the middlewares in turn, then answers with the handler's result as JSON; `failed` sees its errors. */
  application(
    middlewares: readonly ((...args: never[]) => unknown)[],
    handler: (inbound: Inbound) => unknown,
    failed: (error: unknown) => void,
  ): RequestListener;
}

/** Runs the suite for one major of one framework. */
export function adapterContract(name: string, adapter: Adapter): void {
  let tokens: TokenServer;
  let api: ApiServer;
  let made: Middleware[];
  let errors: unknown[];
  let printed: jest.SpiedFunction<typeof console.error>;

  beforeEach(async () => {
    [tokens, api] = await Promise.all([tokenServer(), apiServer()]);
    made = [];
    errors = [];
    printed = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });

  afterEach(async () => {
    await Promise.all(made.map((each) => each.close()));
    await new Promise(setImmediate); // Express prints an error after its answer.
    printed.mockRestore();
    await Promise.all([tokens.close(), api.close()]);
  });

  const block = () =>
    ({
      grant_type: 'client_credentials',
      token_endpoint: tokens.url,
      client_id: 'shop',
      client_secret: 'very-secret',
    }) as const;
  const billing = () => ({ billing: { origin: api.origin, oauth2: block() } });
  const shipping = () => ({ shipping: { origin: api.origin } });

  const middleware = (...args: Parameters<Adapter['backends']>): Middleware => {
    const one = adapter.backends(...args);
    made.push(one);
    return one;
  };
  const application = (middlewares: Parameters<Adapter['application']>[0], handler: (inbound: Inbound) => unknown) =>
    adapter.application(middlewares, handler, (error) => errors.push(error));
  /** Answers one request. */
  const ask = (middlewares: Parameters<Adapter['application']>[0], handler: (inbound: Inbound) => unknown) =>
    supertest(application(middlewares, handler)).get('/');
  const problems = (error: unknown) => (error as ConfigurationError).problems.map(({ path }) => path);

  describe(`${name}: backends(definitions)`, () => {
    it('gives every request a got that carries the token, and asks for that once', async () => {
      const listener = application([middleware(billing())], ({ backends }) => backends.billing.got('invoices').json());
      const first = await supertest(listener).get('/').expect(200);
      await supertest(listener).get('/').expect(200);
      expect(first.body).toEqual({ method: 'GET', url: '/invoices', token: 'token-1' });
      expect(api.tokens()).toEqual(['token-1', 'token-1']);
      expect(tokens.requests).toHaveLength(1);
    });

    it('gives every request a fetch that carries the token', async () => {
      await ask([middleware(billing())], async ({ backends }) => {
        const response = await backends.billing.fetch('invoices', { method: 'POST', body: 'x' });
        return response.json();
      }).expect(200, { method: 'POST', url: '/invoices', token: 'token-1' });
    });

    it("keeps the caller's own Authorization and Cookie from the API", async () => {
      await ask([middleware(billing())], ({ backends }) => backends.billing.got('invoices').json())
        .set('authorization', 'Bearer of-the-caller')
        .set('cookie', 'session=1')
        .expect(200);
      expect(api.tokens()).toEqual(['token-1']);
      expect(api.requests[0]?.headers.cookie).toBeUndefined();
    });

    it('does nothing for a request that reads no backend', async () => {
      const backends = createBackends(billing());
      const tie = jest.fn((context: RequestContext) => backends.for(context));
      await ask([middleware({ ...backends, for: tie } as never)], () => 'unread').expect(200);
      expect(tie).not.toHaveBeenCalled();
      expect(tokens.requests).toHaveLength(0);
    });

    it('ties the backends to the request once, however often they are read', async () => {
      const backends = createBackends(billing());
      const tie = jest.fn((context: RequestContext) => backends.for(context));
      await ask([middleware({ ...backends, for: tie } as never)], ({ backends }) => [
        new Set([backends.billing, backends.billing]).size,
      ]).expect(200, [1]);
      expect(tie).toHaveBeenCalledTimes(1);
    });

    it("lends a token source the request's context", async () => {
      const oauth2 = {
        token: async ({ context }: TokenQuery = {}) => ({
          value: context?.inbound.get('x-assertion'),
          type: 'Bearer' as const,
          issuedAt: Date.now(),
          expiresAt: Date.now() + 60_000,
        }),
      };
      await ask([middleware({ billing: { origin: api.origin, oauth2 } })], ({ backends }) =>
        backends.billing.got('invoices').json(),
      )
        .set('x-assertion', 'of-the-caller')
        .expect(200, { method: 'GET', url: '/invoices', token: 'of-the-caller' });
    });

    it('throws one ConfigurationError with all problems', () => {
      const wrong = { billing: { origin: '' }, shipping: { origin: '' } };
      const failure = thrownBy(() => middleware(wrong, { property: '' }));
      expect(failure).toBeInstanceOf(ConfigurationError);
      expect(problems(failure)).toEqual(['property', 'billing.origin', 'shipping.origin']);
    });

    it.each([undefined, null, 'billing', [], new Map()])('throws a ConfigurationError for %p', (given) => {
      expect(thrownBy(() => middleware(given as never))).toBeInstanceOf(ConfigurationError);
    });

    it.each([null, 'clients', 5, []])('throws a ConfigurationError for %p as its options', (options) => {
      const failure = thrownBy(() => middleware(billing(), options as never));
      expect(problems(failure)).toEqual(['options']);
    });

    it('is the Backends too', async () => {
      const one = middleware(billing());
      expect(one.names).toEqual(['billing']);
      const client = one.get('billing');
      expect(client.name).toBe('billing');
      expect(one.status().map(({ name }) => name)).toEqual(['billing']);
      await one.ready();
      expect(tokens.requests).toHaveLength(1);
      await one.close();
      await expect(client.fetch('invoices')).rejects.toMatchObject({ code: 'ERR_OAUTH2_CLOSED' });
    });
  });

  describe(`${name}: backends(made)`, () => {
    it('attaches what createBackends gave', async () => {
      await ask([middleware(createBackends(billing()) as never)], ({ backends }) =>
        backends.billing.got('invoices').json(),
      ).expect(200, { method: 'GET', url: '/invoices', token: 'token-1' });
    });

    it('attaches what another middleware holds', async () => {
      const one = middleware(billing());
      const other = middleware(one, { property: 'clients' });
      await ask([one, other], (inbound) => Object.keys(inbound['clients'] as object)).expect(200, ['billing']);
    });

    it('refuses every option but property', () => {
      const given = createBackends(billing()) as never;
      const failure = thrownBy(() => middleware(given, { property: 'clients', tokens: {}, maxIdentities: 5 }));
      expect(failure).toBeInstanceOf(ConfigurationError);
      expect(problems(failure)).toEqual(['tokens', 'maxIdentities']);
    });
  });

  describe(`${name}: two middlewares`, () => {
    it.each(['in order', 'in reverse'])('give the names of both by one object, %s', async (order) => {
      const both = [middleware(billing()), middleware(shipping())];
      let early: Members | undefined;
      const between = nextAware((inbound) => {
        early = inbound.backends;
      });
      const [first, second] = order === 'in order' ? both : both.reverse();
      await ask([first as Middleware, between, second as Middleware], ({ backends }) => [
        backends.billing.name,
        backends['shipping']?.name,
        early === backends,
        Object.keys(backends).sort(),
      ]).expect(200, ['billing', 'shipping', true, ['billing', 'shipping']]);
    });

    it('refuse a name that is given twice, at the request', async () => {
      const response = await ask([middleware(billing()), middleware({ ...shipping(), ...billing() })], () => 'reached');
      expect(response.status).toBe(500);
      expect(errors[0]).toBeInstanceOf(ConfigurationError);
      expect(problems(errors[0])).toEqual(['billing']);
      expect(response.text).not.toContain('billing');
    });

    it('may hold the same backends', async () => {
      const one = middleware(billing());
      await ask([one, one], ({ backends }) => Object.keys(backends)).expect(200, ['billing']);
    });
  });

  describe(`${name}: the backends of a request`, () => {
    it('throw an UnknownBackendError with the nearest name, whichever middleware gave it', async () => {
      const both = [middleware(billing()), middleware(shipping())];
      const response = await ask(both, ({ backends }) => backends['shiping']);
      expect(response.status).toBe(500);
      expect(response.text).not.toContain('shipping');
      expect(errors[0]).toBeInstanceOf(UnknownBackendError);
      expect(errors[0]).toMatchObject({ message: expect.stringMatching(/"shiping".*"shipping"/) });
    });

    it('can be awaited, encoded and printed like any object', async () => {
      await ask([middleware(billing())], async ({ backends }) => {
        const { then, toJSON } = await Promise.resolve(backends);
        const symbol = (backends as unknown as Record<symbol, unknown>)[Symbol.toPrimitive];
        inspect(backends);
        return [then, toJSON, symbol].every((each) => each === undefined);
      }).expect(200, 'true');
    });

    it('have their names as enumerable members and no others', async () => {
      await ask([middleware(billing())], ({ backends }) => [
        Object.keys({ ...backends }),
        'billing' in backends,
        'shipping' in backends,
        'then' in backends,
      ]).expect(200, [['billing'], true, false, false]);
    });

    it('are read-only', async () => {
      await ask([middleware(billing())], (inbound) => {
        const attempts = [
          () => Object.assign(inbound, { backends: {} }),
          () => Object.assign(inbound.backends, { billing: {} }),
          () => Object.defineProperty(inbound.backends, 'more', { value: {} }),
          () => Reflect.deleteProperty(inbound.backends, 'billing') || raise(new TypeError('not deleted')),
          () => Object.setPrototypeOf(inbound.backends, {}),
          () => Object.preventExtensions(inbound.backends),
        ];
        return attempts.map((attempt) => thrownBy(attempt) instanceof TypeError);
      }).expect(200, [true, true, true, true, true, true]);
    });

    it('do not show when the request is printed', async () => {
      await ask([middleware(billing())], (inbound) => {
        expect(inbound.backends.billing.name).toBe('billing');
        return Object.keys(inbound).includes('backends') || inspect(inbound.backends, { depth: 9 }).includes('secret');
      }).expect(200, 'false');
    });
  });

  describe(`${name}: option property`, () => {
    it('names the member of the request', async () => {
      await ask([middleware(billing(), { property: 'clients' })], async (inbound) => [
        (inbound['clients'] as Members)['billing']?.name,
        'backends' in inbound,
      ]).expect(200, ['billing', false]);
    });

    it('keeps apart what has different names', async () => {
      await ask([middleware(billing()), middleware(billing(), { property: 'clients' })], (inbound) => [
        Object.keys(inbound.backends),
        Object.keys(inbound['clients'] as Members),
      ]).expect(200, [['billing'], ['billing']]);
    });

    it.each(['', 5, null])('refuses %j', (property) => {
      const failure = thrownBy(() => middleware(billing(), { property: property as string }));
      expect(problems(failure)).toEqual(['property']);
    });

    it.each(['get', 'res', 'toString'])('refuses %j, which the request has already', async (property) => {
      await ask([middleware(billing(), { property })], () => 'reached').expect(500);
      expect(errors[0]).toBeInstanceOf(ConfigurationError);
      expect(problems(errors[0])).toEqual(['property']);
    });
  });

  describe(`${name}: of(request)`, () => {
    it("gives this middleware's backends, the same objects as the request's", async () => {
      const one = middleware(billing());
      await ask(
        [one, middleware(shipping())],
        (inbound) => one.of(inbound).billing === inbound.backends.billing,
      ).expect(200, 'true');
    });

    it('finds them under another property', async () => {
      const one = middleware(billing(), { property: 'clients' });
      await ask([one], (inbound) => one.of(inbound).billing.name).expect(200, 'billing');
    });

    it('throws a ConfigurationError where the middleware has not run', async () => {
      const one = middleware(billing());
      await ask([middleware(shipping())], (inbound) => one.of(inbound).billing.name).expect(500);
      expect(errors[0]).toBeInstanceOf(ConfigurationError);
      expect(errors[0]).toMatchObject({ message: expect.stringMatching(/billing has not run/) });
    });
  });

  describe(`${name}: when the inbound client goes away`, () => {
    it('aborts a GET with a ClientClosedError', async () => {
      const release = api.hold();
      const gone = leave(application([middleware(billing())], ({ backends }) => backends.billing.fetch('slow')));
      expect(await answered(0)).toBe(false);
      await gone;
      release();
      expect(errors[0]).toBeInstanceOf(ClientClosedError);
    });

    it('lets a POST end', async () => {
      const release = api.hold();
      const gone = leave(
        application([middleware(billing())], ({ backends }) =>
          backends.billing.fetch('slow', { method: 'POST', body: 'x' }),
        ),
      );
      await gone;
      release();
      expect(await answered(0)).toBe(true);
    });

    const answered = async (index: number) => {
      await api.arrived(index + 1);
      return api.requests[index]?.answered;
    };

    /** Asks, goes away when the API has the request, settles when the application knows. */
    const leave = async (listener: RequestListener) => {
      const server = createServer(listener).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const inbound = once(server, 'request') as Promise<[unknown, ServerResponse]>;
      const client = send({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }).end();
      client.once('error', () => undefined);
      const [, response] = await inbound;
      await api.arrived(1);
      client.destroy();
      await once(response, 'close');
      server.close();
      await once(server, 'close');
    };
  });

  describe(`${name}: an error that nobody handles`, () => {
    const invoices = ({ backends }: Inbound) => backends.billing.got('invoices').json();

    /** The error as anybody may print it, and as the framework does. */
    const shown = async () => {
      while (printed.mock.calls.length === 0) await new Promise(setImmediate);
      return inspect([errors, printed.mock.calls], { depth: 20 });
    };

    it('answers 502 without details when the token endpoint refuses', async () => {
      tokens.failure = { status: 401, body: { error: 'invalid_client', error_description: 'the detail' } };
      const response = await ask([middleware(billing())], invoices);
      expect([response.status, response.text]).toEqual([502, expect.stringContaining('Bad Gateway')]);
      expect(response.text).not.toMatch(/detail|billing|token/i);
      expect(await shown()).not.toContain('very-secret');
    });

    it('answers 401 when the request has no token to exchange', async () => {
      const exchange = { ...block(), grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange' } as const;
      const definitions = { billing: { origin: api.origin, oauth2: exchange } };
      const answer = await ask([middleware(definitions)], ({ backends }) => backends.billing.got('invoices').json());
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="api"');
      expect(answer.text).not.toContain('oauth2');
      expect(errors).toEqual([expect.any(MissingSubjectError)]);
      expect([tokens.requests, api.requests]).toEqual([[], []]);
    });

    it('answers 504 without details when the token takes too long', async () => {
      const billing = { token: () => Promise.reject(new TokenTimeoutError('the detail')) };
      const definitions = { billing: { origin: api.origin, oauth2: billing } };
      const response = await ask([middleware(definitions)], invoices);
      expect([response.status, response.text]).toEqual([504, expect.stringContaining('Gateway Timeout')]);
      expect(response.text).not.toContain('detail');
    });

    it("answers 502 for the API's own failure, without its answer", async () => {
      api.next({ status: 404, headers: { 'x-detail': 'the detail' }, body: 'the detail' });
      const response = await ask([middleware(billing())], invoices);
      expect([response.status, response.text]).toEqual([502, expect.stringContaining('Bad Gateway')]);
      expect(response.headers['x-detail']).toBeUndefined();
      expect(await shown()).not.toContain('token-1');
    });
  });
}

/** A middleware of either framework that only looks. */
function nextAware(look: (inbound: Inbound) => void) {
  return (inbound: Inbound, ...rest: (() => unknown)[]) => {
    look(inbound);
    return rest.at(-1)?.();
  };
}

function thrownBy(attempt: () => unknown): unknown {
  try {
    attempt();
  } catch (error) {
    return error;
  }
  return undefined;
}

function raise(error: Error): never {
  throw error;
}
