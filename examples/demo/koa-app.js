/** A Koa application that uses fetch: each call of the billing API carries its token. */
import { text } from 'node:stream/consumers';
import Koa from 'koa';
import { backends } from 'koa-oauth2-backend';

/** The application as a `handler`, and `close()` for its connections. */
export function koaApp({ billing }) {
  const app = new Koa();
  const clients = backends({ billing });

  app.use(clients);

  app.use(async (ctx) => {
    switch (`${ctx.method} ${ctx.path}`) {
      case 'GET /invoices': {
        const answer = await ctx.backends.billing.fetch('invoices');
        ctx.status = answer.status;
        ctx.body = await answer.json();
        break;
      }
      case 'POST /invoices': {
        const body = await text(ctx.req);
        const headers = { 'content-type': 'application/json' };
        const answer = await ctx.backends.billing.fetch('invoices', { method: 'POST', headers, body });
        ctx.status = answer.status;
        ctx.body = await answer.json();
        break;
      }
      case 'GET /moved': {
        const answer = await ctx.backends.billing.fetch('moved');
        ctx.body = { status: answer.status, location: answer.headers.get('location') };
        break;
      }
    }
  });

  return { handler: app.callback(), close: () => clients.close() };
}
