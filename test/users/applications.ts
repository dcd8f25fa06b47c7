/** Applications that call the API on behalf of their users: `GET /got/…` and `GET /fetch/…` give what the API answers to `/…`. */
import { createServer, type RequestListener } from 'node:http';
import express, { type ErrorRequestHandler } from 'express';
import { backends as expressBackends } from 'express-oauth2-backend';
import Koa from 'koa';
import { backends as koaBackends } from 'koa-oauth2-backend';
import type { Backend, BackendDefinition, BackendsOptions } from 'oauth2-backend';
import { listen } from 'test-servers/listen';

/** A running application. */
export interface Application {
  readonly port: number;
  /** Errors that reached the end of the application, oldest first. */
  readonly errors: readonly unknown[];
  counts(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/** Starts one with the backend `billing` on a free loopback port. */
export type Start = (billing: BackendDefinition, options?: BackendsOptions) => Promise<Application>;

/** For `describe.each`. */
export const applications: readonly (readonly [name: string, start: Start])[] = [
  [
    'Express',
    (billing, options) => {
      const errors: unknown[] = [];
      const middleware = expressBackends({ billing }, options);
      const app = express().set('env', 'production');
      app.use(middleware);
      app.get('/:way/*path', async (req, res) => {
        res.json(await call(middleware.of(req).billing, req.url));
      });
      const quiet: ErrorRequestHandler = (error, _req, res, _next) => {
        errors.push(error);
        res.status(error.statusCode ?? 500).end();
      };
      app.use(quiet);
      return running(app, middleware, errors);
    },
  ],
  [
    'Koa',
    (billing, options) => {
      const errors: unknown[] = [];
      const middleware = koaBackends({ billing }, options);
      const app = new Koa({ env: 'production' });
      app.on('error', (error) => errors.push(error));
      app.use(middleware);
      app.use(async (ctx) => {
        ctx.body = await call(middleware.of(ctx).billing, ctx.url);
      });
      const handle = app.callback();
      return running((request, response) => void handle(request, response), middleware, errors);
    },
  ],
];

async function call(billing: Backend, url: string): Promise<unknown> {
  const [, way, ...path] = url.split('/');
  if (way === 'got') return billing.got(path.join('/')).json();
  const answer = await billing.fetch(path.join('/'));
  if (answer.ok) return answer.json();
  throw Object.assign(new Error(`the API answered ${answer.status}`), { statusCode: 502 });
}

async function running(
  listener: RequestListener,
  middleware: { status(): { counts: object }[]; close(options: { timeout: number }): Promise<void> },
  errors: readonly unknown[],
): Promise<Application> {
  const { port, close } = await listen(createServer({ keepAliveTimeout: 60_000 }, listener));
  return {
    port,
    errors,
    counts: () => ({ ...middleware.status()[0]?.counts }),
    async close() {
      await close();
      await middleware.close({ timeout: 0 });
    },
  };
}
