import Router from '@koa/router';
import Koa from 'koa';
import mount from 'koa-mount';
import { backends, forward } from 'koa-oauth2-backend';
// oxlint-disable-next-line import/default -- typed by Koa 3's `export =`
import Koa2 from 'koa2';
import { type ForwardAdapter, forwardContract } from './forward-contract.js';

const adapter = (Application: typeof Koa): ForwardAdapter => ({
  backends: backends as unknown as ForwardAdapter['backends'],
  forward,
  mount: (path, middleware) => [mount(path, middleware as never)],
  route(path, middleware) {
    const router = new Router();
    router.all(`${path}/(.*)`, middleware as never);
    return [router.routes()];
  },
  async parser(ctx: Koa.Context, next: Koa.Next) {
    if (ctx.is('json')) {
      const chunks = await ctx.req.toArray();
      Object.assign(ctx.request, { body: JSON.parse(chunks.join('')) });
    }
    await next();
  },
  header: (name, value) => (ctx: Koa.Context, next: Koa.Next) => {
    ctx.set(name, value);
    return next();
  },
  application(middlewares, failed) {
    const app = new Application({ env: 'production' });
    app.silent = true;
    app.use(async (_ctx, next) => {
      try {
        await next();
      } catch (error) {
        failed(error);
        throw error;
      }
    });
    for (const middleware of middlewares) app.use(middleware as Koa.Middleware);
    const handle = app.callback();
    return (request, response) => void handle(request, response);
  },
});

forwardContract('koa 3', adapter(Koa));
forwardContract('koa 2', adapter(Koa2));
