/** Grant jwt-bearer on behalf of users: the JWT of the inbound request is the assertion, and each user gets a token (RFC 7523 §2.1). */
import express from 'express';
import { backends } from 'express-oauth2-backend';

const { BILLING_ORIGIN, TOKEN_ENDPOINT, CLIENT_ID, CLIENT_SECRET, PORT = '3000' } = process.env;

const clients = backends({
  billing: {
    origin: BILLING_ORIGIN,
    oauth2: {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      token_endpoint: TOKEN_ENDPOINT,
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      assertion: (context) => bearerToken(context?.inbound.get('authorization')),
    },
  },
});

const app = express();

// An application verifies the inbound token here; this one only looks whether there is one.
app.use((req, res, next) => {
  if (bearerToken(req.get('authorization'))) next();
  else res.set('www-authenticate', 'Bearer').sendStatus(401);
});

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

function bearerToken(header) {
  return header?.match(/^Bearer +(\S+)$/i)?.[1];
}
