import { describe, expect, it } from '@jest/globals';
import compression from 'compression';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { backends, forward } from 'express-oauth2-backend';
// oxlint-disable-next-line import/default -- typed by Express 5's `export =`
import express4 from 'express4';
import { ConfigurationError, staticToken } from 'oauth2-backend';
import supertest from 'supertest';
import { apiServer } from 'test-servers/api-server';
import { type ForwardAdapter, forwardContract, type Middleware } from './forward-contract.js';

const adapter = (create: typeof express): ForwardAdapter => ({
  backends: backends as ForwardAdapter['backends'],
  forward,
  mount: (path, middleware) => [create.Router().use(path, middleware as RequestHandler)],
  route: (path, middleware) => [create.Router().all(new RegExp(`^${path}/`), middleware as RequestHandler)],
  parser: create.json(),
  header: (name, value) =>
    ((_req, res, next) => {
      res.setHeader(name, value);
      next();
    }) satisfies RequestHandler,
  headerAfter: (name, value) =>
    ((_req, res, next) => {
      const { writeHead } = res;
      res.writeHead = function write(this: typeof res, ...args: unknown[]) {
        res.setHeader(name, value);
        return Reflect.apply(writeHead, this, args);
      } as typeof writeHead;
      next();
    }) satisfies RequestHandler,
  compress: compression({ threshold: 0, filter: () => true }) as Middleware,
  touch: (change) =>
    ((req, _res, next) => {
      change(req.headers);
      next();
    }) satisfies RequestHandler,
  answer: ((_req, res, next) => {
    res.end('early');
    next();
  }) satisfies RequestHandler,
  lengthAfter: ((_req, res, next) => {
    const { writeHead } = res;
    res.writeHead = function write(this: typeof res, ...args: unknown[]) {
      res.setHeader('content-length', '5');
      res.writeHead = writeHead;
      return Reflect.apply(writeHead, this, args);
    } as typeof writeHead;
    next();
  }) satisfies RequestHandler,
  application(middlewares, failed) {
    const app = create();
    app.set('env', 'production');
    for (const middleware of middlewares) app.use(middleware as RequestHandler);
    const look: ErrorRequestHandler = (error, _req, _res, next) => {
      failed(error);
      next(error);
    };
    app.use(look);
    return app;
  },
});

forwardContract('express 5', adapter(express));
forwardContract('express 4', adapter(express4));

describe.each([
  ['express 5', express, '/*path'],
  ['express 4', express4, '/*'],
])('%s: forward() and wildcards', (_, create, wildcard) => {
  /** Asks an application that `use` has filled; gives its error and what reached the API. */
  const ask = async (path: string, use: (app: express.Express) => void) => {
    const api = await apiServer();
    const clients = backends({ billing: { origin: api.origin, oauth2: staticToken('good') } });
    const app = create().use(clients);
    use(app);
    let failure: unknown;
    const look: ErrorRequestHandler = (error, _req, res, _next) => {
      failure = error;
      res.sendStatus(500);
    };
    app.use(look);
    await supertest(app).delete(path);
    await clients.close();
    await api.close();
    return { failure, urls: api.requests.map(({ url }) => url) };
  };

  it.each([`/api${wildcard}`, `/api/:name${wildcard}`])('a mount at %s is an error that names mount', async (path) => {
    for (const target of ['/api/billing/in%20voices/7', '/api/billing/7/?a=b']) {
      const { failure, urls } = await ask(target, (app) => app.use(path, forward('billing')));
      expect(failure).toBeInstanceOf(ConfigurationError);
      expect(failure).toMatchObject({ problems: [{ path: 'mount', message: expect.stringContaining('{ mount:') }] });
      expect(urls).toEqual([]);
    }
  });

  it('a mount with a wildcard is none beside mount', async () => {
    const used = (app: express.Express) => app.use(`/api${wildcard}`, forward('billing', { mount: '/api/billing' }));
    expect(await ask('/api/billing/invoices/7?a=b', used)).toEqual({ failure: undefined, urls: ['/invoices/7?a=b'] });
  });

  it.each(['/api/invoices/7', '/api/api', '/api/'])('a route with a wildcard sends all of %s on', async (path) => {
    const all = (app: express.Express) => app.all(wildcard, forward('billing'));
    expect(await ask(path, all)).toEqual({ failure: undefined, urls: [path] });
  });

  it.each(['/api/invoices/7', '/api/api', '/api/a/'])(
    'a route in a router sends what is below its mount of %s',
    async (path) => {
      const router = (app: express.Express) => app.use('/api', create.Router().all(wildcard, forward('billing')));
      expect(await ask(path, router)).toEqual({ failure: undefined, urls: [path.slice(4)] });
    },
  );
});
