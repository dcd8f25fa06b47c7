/** The smallest complete Express application: `GET /invoices` asks the billing API, with a token. */
import express from 'express';
import { backends } from 'express-oauth2-backend';

const { BILLING_ORIGIN, TOKEN_ENDPOINT, CLIENT_ID, CLIENT_SECRET, PORT = '3000' } = process.env;

const clients = backends({
  billing: {
    origin: BILLING_ORIGIN,
    oauth2: {
      grant_type: 'client_credentials',
      token_endpoint: TOKEN_ENDPOINT,
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      scope: 'invoices:read',
    },
  },
});

const app = express();

app.use(clients);

app.get('/invoices', async (req, res) => {
  res.json(await req.backends.billing.got('invoices').json());
});

const server = app.listen(Number(PORT), () => {
  console.log(`http://localhost:${server.address().port}/invoices`);
});

process.once('SIGTERM', () => {
  server.close(() => void clients.close());
});
