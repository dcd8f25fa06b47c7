/** An application in Koa, of either major. */
import { Readable } from 'node:stream';
import Koa from 'koa';
import compress from 'koa-compress';
import mount from 'koa-mount';
import { backends, forward } from 'koa-oauth2-backend';
import Koa2 from 'koa2';

/** Makes it; see `applications.js`. */
const koaApplication = (Application) => (spec, definitions, errors) => {
  const clients = backends(definitions);
  const app = new Application({ env: 'production' });
  app.use(async (_ctx, next) => {
    try {
      await next();
    } catch (error) {
      errors.push(error);
      throw error;
    }
  });
  app.on('error', (error) => {
    if (!errors.includes(error)) errors.push(error);
  });
  if (spec.compress) app.use(compress({ threshold: 0, filter: () => true }));
  if (spec.late) {
    app.use(async (ctx, next) => {
      await next();
      ctx.set(...spec.late);
    });
  }
  app.use(clients);
  if (spec.parse) {
    app.use(async (ctx, next) => {
      ctx.request.body = JSON.parse((await ctx.req.toArray()).join(''));
      await next();
    });
  }
  if (spec.before) {
    app.use((ctx, next) => {
      spec.before(ctx.req, ctx.res);
      return next();
    });
  }
  const serve = async (ctx) => {
    const response = await spec.serve(ctx.backends.billing, ctx);
    if (Application === Koa) {
      ctx.body = response;
      return;
    }
    ctx.body = response.body ? Readable.fromWeb(response.body) : '';
    ctx.status = response.status;
    ctx.set(Object.fromEntries(response.headers));
  };
  if (spec.serve) app.use(mount(spec.mount, serve));
  else if (spec.wildcard) app.use((ctx, next) => belowWildcard(ctx, next, spec));
  else app.use(mount(spec.mount, forward('billing', spec.forward)));
  return { listener: app.callback(), clients };
};

/** As a router does it: the path stays whole. */
function belowWildcard(ctx, next, spec) {
  return ctx.path.startsWith(`${spec.mount}/`) ? forward('billing', spec.forward)(ctx) : next();
}

export const koa2Application = koaApplication(Koa2);
export const koa3Application = koaApplication(Koa);
