/** The application under test: asks the billing API, once through got and once through fetch. */
import express from 'express';
import { backends } from 'express-oauth2-backend';

export const definitions = {
  billing: {
    origin: 'https://billing.example.com',
    oauth2: {
      grant_type: 'client_credentials',
      token_endpoint: 'https://as.example.com/token',
      client_id: 'shop',
      client_secret: process.env.CLIENT_SECRET,
    },
  },
};

/** Gives the application; in production `shop(createBackends(definitions))`. */
export function shop(clients) {
  const app = express();

  app.use(backends(clients));

  app.get('/invoices', async (req, res) => {
    res.json(await req.backends.billing.got('invoices').json());
  });

  app.get('/customers', async (req, res) => {
    const answer = await req.backends.billing.fetch('customers');
    res.status(answer.status).json(await answer.json());
  });

  return app;
}
