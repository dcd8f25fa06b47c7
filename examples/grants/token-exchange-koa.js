/** Grant token-exchange in Koa: the user's token, once jose has verified it, against one for the API (RFC 8693). */
import { createRemoteJWKSet, jwtVerify } from 'jose';
import Koa from 'koa';
import { backends } from 'koa-oauth2-backend';

const { BILLING_ORIGIN, TOKEN_ENDPOINT, CLIENT_ID, CLIENT_SECRET, PORT = '3000' } = process.env;
const { ISSUER, JWKS_URI, AUDIENCE } = process.env;

const clients = backends({
  billing: {
    origin: BILLING_ORIGIN,
    forward_headers: ['x-request-id', 'traceparent'],
    oauth2: {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      token_endpoint: TOKEN_ENDPOINT,
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      require_verified_subject: true,
      subject_token: (context) => context?.inbound.state.auth,
      params: { audience: 'billing' },
    },
  },
});

const app = new Koa();
const keys = createRemoteJWKSet(new URL(JWKS_URI));

app.use(async (ctx, next) => {
  const token = /^Bearer +(\S+)$/i.exec(ctx.get('authorization'))?.[1];
  try {
    const { payload } = await jwtVerify(token, keys, { issuer: ISSUER, audience: AUDIENCE, algorithms: ['ES256'] });
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

const server = app.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/invoices`);
});

process.once('SIGTERM', () => {
  server.close(() => void clients.close());
});
