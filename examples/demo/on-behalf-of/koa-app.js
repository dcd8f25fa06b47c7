/** A Koa application whose users' tokens are verified by jose, then exchanged for the API. */
import { createRemoteJWKSet, jwtVerify } from 'jose';
import Koa from 'koa';
import { backends } from 'koa-oauth2-backend';

/** What was verified. */
export const verified = (context) => context?.inbound.state.auth;

/** The application as a `handler`, and `close()` for its connections. */
export function koaApp({ billing, inbound }) {
  const app = new Koa();
  const clients = backends({ billing });
  const keys = createRemoteJWKSet(new URL(inbound.jwksUri));

  app.use(async (ctx, next) => {
    const token = /^Bearer +(\S+)$/i.exec(ctx.get('authorization'))?.[1];
    try {
      const { payload } = await jwtVerify(token, keys, { issuer: inbound.issuer, audience: inbound.audience });
      ctx.state.auth = { token, payload };
    } catch {
      ctx.set('www-authenticate', 'Bearer');
      ctx.status = 401;
      return;
    }
    await next();
  });

  app.use(clients);

  app.use(async (ctx) => {
    const answer = await ctx.backends.billing.fetch('invoices');
    ctx.status = answer.status;
    ctx.body = await answer.json();
  });

  return { handler: app.callback(), close: () => clients.close() };
}
