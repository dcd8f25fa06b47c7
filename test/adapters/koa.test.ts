import Koa from 'koa';
import { backends } from 'koa-oauth2-backend';
// oxlint-disable-next-line import/default -- typed by Koa 3's `export =`
import Koa2 from 'koa2';
import { type Adapter, adapterContract, type Inbound } from './contract.js';

const adapter = (Application: typeof Koa): Adapter => ({
  backends: backends as Adapter['backends'],
  application(middlewares, handler, failed) {
    const app = new Application({ env: 'production' });
    app.use(async (_ctx, next) => {
      try {
        await next();
      } catch (error) {
        failed(error);
        throw error;
      }
    });
    for (const middleware of middlewares) app.use(middleware as Koa.Middleware);
    app.use(async (ctx) => {
      ctx.body = await handler(ctx as unknown as Inbound);
    });
    const handle = app.callback();
    return (request, response) => void handle(request, response);
  },
});

adapterContract('koa 3', adapter(Koa));
adapterContract('koa 2', adapter(Koa2));
