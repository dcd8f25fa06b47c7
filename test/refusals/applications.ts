/** Applications that call the API by the client that the path names, and answer as the API did. */
import type { RequestListener } from 'node:http';
import express from 'express';
import { backends as expressBackends } from 'express-oauth2-backend';
import Koa from 'koa';
import { backends as koaBackends } from 'koa-oauth2-backend';
import type { Backend, Backends } from 'oauth2-backend';
import { clients } from '../../packages/oauth2-backend/test/clients/client-world.js';

/** Makes an application that answers `/got`, `/fetch` and `/request` with the status of the API's answer to that client. */
export type ServeClients = (backends: Backends) => RequestListener;

/** In Express. */
export const serveExpress: ServeClients = (backends) => {
  const app = express();
  app.use(expressBackends(backends));
  app.get('/:client', async (req, res) => {
    res.sendStatus(await statusOf(req.backends['api'], req.params.client));
  });
  return app;
};

/** In Koa. */
export const serveKoa: ServeClients = (backends) => {
  const app = new Koa();
  app.use(koaBackends(backends));
  app.use(async (ctx) => {
    ctx.status = await statusOf(ctx.backends['api'], ctx.path.slice(1));
  });
  const handle = app.callback();
  return (request, response) => void handle(request, response);
};

async function statusOf(backend: Backend | undefined, name: string | undefined): Promise<number> {
  const client = clients.find((each) => each.name === name);
  return client && backend ? (await client.send(backend, 'invoices')).status : 404;
}
