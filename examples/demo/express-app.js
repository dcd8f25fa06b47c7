/** An Express application that uses got: each call of the billing API carries its token. */
import express from 'express';
import { backends } from 'express-oauth2-backend';

/** The application as a `handler`, and `close()` for its connections. */
export function expressApp({ billing }) {
  const app = express();
  const clients = backends({ billing });

  app.use(clients);

  app.get('/invoices', async (req, res) => {
    res.json(await req.backends.billing.got('invoices').json());
  });

  app.post('/invoices', express.json(), async (req, res) => {
    res.json(await req.backends.billing.got.post('invoices', { json: req.body }).json());
  });

  app.get('/moved', async (req, res) => {
    const { statusCode, headers } = await req.backends.billing.got('moved');
    res.json({ status: statusCode, location: headers.location });
  });

  return { handler: app, close: () => clients.close() };
}
