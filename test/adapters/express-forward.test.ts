import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { backends, forward } from 'express-oauth2-backend';
// oxlint-disable-next-line import/default -- typed by Express 5's `export =`
import express4 from 'express4';
import { type ForwardAdapter, forwardContract } from './forward-contract.js';

const adapter = (create: typeof express): ForwardAdapter => ({
  backends: backends as unknown as ForwardAdapter['backends'],
  forward,
  mount: (path, middleware) => [create.Router().use(path, middleware as RequestHandler)],
  route: (path, middleware) => [create.Router().all(new RegExp(`^${path}/`), middleware as RequestHandler)],
  parser: create.json(),
  header: (name, value) =>
    ((_req, res, next) => {
      res.setHeader(name, value);
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
