/** Grant token-exchange in Express: the user's token, once express-oauth2-jwt-bearer has verified it, against one for the API (RFC 8693). */
import express from 'express';
import { backends } from 'express-oauth2-backend';
import { auth } from 'express-oauth2-jwt-bearer';

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
      subject_token: (context) => context?.inbound.auth,
      params: { audience: 'billing' },
    },
  },
});

const app = express();

// Answers 401 to everybody without a token of this issuer for this audience; `req.auth` is `{ header, payload, token }`.
app.use(auth({ issuer: ISSUER, jwksUri: JWKS_URI, audience: AUDIENCE, tokenSigningAlg: 'ES256' }));
app.use(clients);

app.get('/invoices', async (req, res) => {
  res.json(await req.backends.billing.got('invoices').json());
});

const server = app.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/invoices`);
});

process.once('SIGTERM', () => {
  server.close(() => void clients.close());
});
