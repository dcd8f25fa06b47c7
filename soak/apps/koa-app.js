/** The Koa application: `/<backend>/<action>/<client>` calls a backend and answers what it answered. */
import { text } from 'node:stream/consumers';
import Koa from 'koa';
import { backends } from 'koa-oauth2-backend';
import { callBackend } from './call-backend.js';

/** The application as a `handler`, and its backends. */
export function koaApp(definitions) {
  const app = new Koa();
  const clients = backends(definitions);

  app.use(async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      ctx.status = error.statusCode ?? 500;
      ctx.body = { error: `${error.code ?? error.name}: ${error.message}` };
    }
  });
  app.use(clients);
  app.use(async (ctx) => {
    const [, backend, action, client] = ctx.path.split('/');
    const { method, headers: inbound } = ctx;
    const body = await text(ctx.req);
    const answer = await callBackend(clients.of(ctx)[backend], { client, path: action, method, inbound, body });
    ctx.status = answer.status >= 400 ? answer.status : 200;
    ctx.body = answer;
  });
  // Clients that go away are a part of this.
  app.on('error', () => {});

  return { handler: app.callback(), clients };
}
