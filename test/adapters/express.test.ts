import express, { type ErrorRequestHandler } from 'express';
import { backends } from 'express-oauth2-backend';
// oxlint-disable-next-line import/default -- typed by Express 5's `export =`
import express4 from 'express4';
import { type Adapter, adapterContract, type Inbound } from './contract.js';

const adapter = (create: typeof express): Adapter => ({
  backends: backends as Adapter['backends'],
  application(middlewares, handler, failed) {
    const app = create();
    app.set('env', 'production');
    for (const middleware of middlewares) app.use(middleware as express.RequestHandler);
    app.get('/', async (req, res, next) => {
      // Express 4 does not catch what an async handler throws.
      try {
        res.send(await handler(req as unknown as Inbound));
      } catch (error) {
        next(error);
      }
    });
    const look: ErrorRequestHandler = (error, _req, _res, next) => {
      failed(error);
      next(error);
    };
    app.use(look);
    return app;
  },
});

adapterContract('express 5', adapter(express));
adapterContract('express 4', adapter(express4));
