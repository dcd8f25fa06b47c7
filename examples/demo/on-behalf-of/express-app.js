/** An Express application whose users' tokens are verified by express-oauth2-jwt-bearer, then exchanged for the API. */
import express from 'express';
import { backends } from 'express-oauth2-backend';
import { auth } from 'express-oauth2-jwt-bearer';

/** What was verified. */
export const verified = (context) => context?.inbound.auth;

/** The application as a `handler`, and `close()` for its connections. */
export function expressApp({ billing, inbound }) {
  const app = express();
  const clients = backends({ billing });

  app.use(auth({ ...inbound, tokenSigningAlg: 'ES256' }));
  app.use(clients);

  app.get('/invoices', async (req, res) => {
    res.json(await req.backends.billing.got('invoices').json());
  });

  // Express would print the stack of each 401.
  app.use((error, _req, res, _next) => void res.status(error.statusCode ?? 500).end());

  return { handler: app, close: () => clients.close() };
}
