/** Forwards Koa's requests: `app.use(mount('/api/billing', forward('billing')))`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type RequestForwardAnswer, type RequestForwardOptions, requestForward } from 'oauth2-backend';

/** What the handler needs of Koa's context. */
interface ForwardContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  status: number;
  message: string;
  body: unknown;
  /** Whether koa-compress may compress. */
  compress?: unknown;
  set(headers: { [name: string]: string | string[] }): void;
  remove(name: string): void;
  onerror(error: Error): void;
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
    const answer = await send(ctx.req, ctx.res, ctx);
    if (!answer) {
      // What runs before may log it: nginx's status for a client that has left.
      ctx.status = 499;
      return;
    }
    const { status, statusText, headers, body, trailers } = answer;
    body.once('error', () => {
      // An answer that breaks off must not look complete; before its headers Koa answers.
      if (ctx.res.headersSent) ctx.res.destroy();
    });
    silenceDeparture(ctx, body);
    // Koa has run all its middleware then. What Node throws for a head, it throws to Koa: later nobody would catch it.
    ctx.res.once('pipe', () => {
      try {
        if (!ctx.res.headersSent) ctx.res.writeHead(ctx.res.statusCode);
      } catch (error) {
        body.unpipe(ctx.res);
        body.destroy();
        throw error;
      }
      answer.sendInTime();
    });
    body.once('end', () => ctx.res.addTrailers(trailers));
    ctx.status = status;
    // HTTP/2 has no reason phrases.
    if (ctx.req.httpVersionMajor < 2) ctx.message = statusText;
    ctx.body = body;
    // Koa names a type where the backend names none.
    ctx.remove('content-type');
    ctx.set(headers);
    // koa-compress keeps chunks until it has enough of them, and nobody can tell it to go on.
    if (headers['content-length'] === undefined) ctx.compress = false;
  };
}

/** Koa 3 takes it for an error of the application when the client leaves before the answer's end. */
function silenceDeparture(ctx: ForwardContext, body: RequestForwardAnswer['body']): void {
  const { onerror } = ctx;
  ctx.onerror = function onerrorButDeparture(error) {
    const left = ctx.res.destroyed && !ctx.res.writableFinished && !body.errored;
    if (!left || !DEPARTURES.has((error as NodeJS.ErrnoException | null)?.code)) onerror.call(ctx, error);
  };
}

const DEPARTURES: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);
