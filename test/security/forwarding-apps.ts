/** The frameworks, each with a guard of its own in front of `forward`, on servers that read leniently. */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import express from 'express';
import * as ofExpress from 'express-oauth2-backend';
// oxlint-disable-next-line import/default -- typed by Express 5's `export =`
import express4 from 'express4';
import Koa from 'koa';
import mountKoa from 'koa-mount';
import * as ofKoa from 'koa-oauth2-backend';
// oxlint-disable-next-line import/default -- typed by Koa 3's `export =`
import Koa2 from 'koa2';
import { type BackendDefinitions, type RequestForwardOptions, staticToken } from 'oauth2-backend';
import { type Listening, listen } from 'test-servers/listen';

interface ForwardingAppOptions {
  /** The backend's. */
  readonly origin: string;
  readonly path_prefix?: string;
  /** Where `forward` is mounted; everywhere unless given. */
  readonly mount?: string | undefined;
  readonly options?: RequestForwardOptions;
  /** Called with what the framework calls the request's path. Default: not called. */
  readonly guard?: (path: string, id: string) => void;
}

/** Opens an application on a free port. */
export type OpenForwardingApp = (options: ForwardingAppOptions) => Promise<Listening>;

/** The applications by the names of their frameworks. */
export const forwardingApps: readonly (readonly [name: string, open: OpenForwardingApp])[] = [
  ['express 5', expressApp(express)],
  ['express 4', expressApp(express4)],
  ['koa 3', koaApp(Koa)],
  ['koa 2', koaApp(Koa2)],
];

function expressApp(create: typeof express): OpenForwardingApp {
  return ({ mount = '/', guard, options, ...where }) => {
    const clients = ofExpress.backends(definitions(where));
    const app = create();
    app.set('env', 'production');
    app.use(clients, (request, _response, next) => {
      guard?.(request.path, idOf(request));
      next();
    });
    app.use(mount, ofExpress.forward('api', options));
    const silent: express.ErrorRequestHandler = (_error, _request, response, _next) => void response.sendStatus(500);
    app.use(silent);
    return opened(app, clients);
  };
}

function koaApp(Application: typeof Koa): OpenForwardingApp {
  return ({ mount = '/', guard, options, ...where }) => {
    const clients = ofKoa.backends(definitions(where));
    const app = new Application();
    app.silent = true;
    app.use(clients);
    app.use((ctx, next) => {
      guard?.(ctx.path, idOf(ctx.req));
      return next();
    });
    app.use(mountKoa(mount, ofKoa.forward('api', options) as never));
    const handle = app.callback();
    return opened((request, response) => void handle(request, response), clients);
  };
}

const definitions = ({ origin, path_prefix = '' }: ForwardingAppOptions): BackendDefinitions => ({
  api: { origin, oauth2: staticToken('good'), ...(path_prefix !== '' && { path_prefix }) },
});

const idOf = ({ headers }: IncomingMessage) => String(headers['x-id']);

async function opened(listener: RequestListener, clients: { close(): Promise<void> }): Promise<Listening> {
  const listening = await listen(createServer({ insecureHTTPParser: true, keepAliveTimeout: 60_000 }, listener));
  return {
    ...listening,
    async close() {
      await listening.close();
      await clients.close();
    },
  };
}
