/** The Express application: `/<backend>/<action>/<client>` calls a backend and answers what it answered. */
import express from 'express';
import { backends } from 'express-oauth2-backend';
import { callBackend } from './call-backend.js';

/** The application as a `handler`, and its backends. */
export function expressApp(definitions) {
  const app = express().disable('x-powered-by');
  const clients = backends(definitions);

  app.use(clients, express.text());
  app.all('/:backend/:action/:client', async (req, res) => {
    const { backend, action, client } = req.params;
    const { method, headers: inbound, body } = req;
    const answer = await callBackend(clients.of(req)[backend], { client, path: action, method, inbound, body });
    res.status(answer.status >= 400 ? answer.status : 200).json(answer);
  });
  // Express would print each of them.
  app.use((error, _req, res, _next) => {
    if (!res.headersSent)
      res.status(error.statusCode ?? 500).json({ error: `${error.code ?? error.name}: ${error.message}` });
  });

  return { handler: app, clients };
}
