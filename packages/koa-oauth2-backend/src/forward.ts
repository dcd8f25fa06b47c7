/** Forwards Koa's requests: `app.use(mount('/api/billing', forward('billing')))`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type RequestForwardOptions, requestForward } from 'oauth2-backend';

/** What the handler needs of Koa's context. */
interface ForwardContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  status: number;
  body: unknown;
  set(headers: { [name: string]: string | string[] }): void;
  remove(name: string): void;
}

/** A middleware that answers every request it gets. */
export type ForwardHandler = (ctx: ForwardContext) => Promise<void>;

/**
 * Gives a middleware that sends requests on to a backend with its token, and its answer back, streamed both ways. Put your
 * own authentication before it, and body parsers behind it.
 *
 * The path is `ctx.path`: below the mount with koa-mount, whole without; `mount` is cut off it.
 *
 * @param name of a backend that the `backends` middleware has given the request
 * @throws ConfigurationError for wrong options; what goes wrong before the answer comes with the request
 * @example
 * app.use(mount('/api/billing', forward('billing', { methods: ['GET'] })));
 */
export function forward(name: string, options?: RequestForwardOptions): ForwardHandler {
  const send = requestForward(name, options);

  return async function oauth2Forward(ctx) {
    const { status, headers, body, trailers } = await send(ctx.req, ctx.res, ctx);
    body.once('error', () => {
      // An answer that breaks off must not look complete; before its headers Koa answers.
      if (ctx.res.headersSent) ctx.res.destroy();
    });
    // Koa has run all its middleware then. What Node throws for a head, it throws to Koa: later nobody would catch it.
    ctx.res.once('pipe', () => {
      try {
        if (!ctx.res.headersSent) ctx.res.writeHead(ctx.res.statusCode);
      } catch (error) {
        body.unpipe(ctx.res);
        body.destroy();
        throw error;
      }
    });
    body.once('end', () => ctx.res.addTrailers(trailers));
    ctx.status = status;
    ctx.body = body;
    // Koa names a type where the backend names none.
    ctx.remove('content-type');
    ctx.set(headers);
  };
}
