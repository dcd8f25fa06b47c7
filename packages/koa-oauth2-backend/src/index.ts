/** Backends on Koa's contexts: `ctx.backends.billing.got('invoices')`. Koa 2.16 and 3. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type BackendDefinitionsInput,
  type Backends,
  type BackendsOf,
  type DefinitionsOf,
  type JudgedDefinitions,
  type MadeBackends,
  type OptionsBeside,
  type RegisteredBackends,
  requestBackends,
} from 'oauth2-backend';

export type {
  Backend,
  BackendDefinition,
  BackendDefinitions,
  BackendDefinitionsInput,
  Backends,
  BackendsOptions,
} from 'oauth2-backend';
export { forward } from './forward.js';

// biome-ignore lint/suspicious/noTsIgnore: with Koa's types there is no error to expect
/** @ts-ignore: without Koa's types there is nothing to augment */
declare module 'koa' {
  interface ExtendableContext {
    /** The backends of this request; an unknown name throws. See `Register` for their names. */
    readonly backends: RegisteredBackends;
  }
}

/** What the middleware needs of Koa's context. */
export interface KoaContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

/** The middleware, which is the `Backends` too: `ready()` before listening, `close()` after. */
export interface BackendsMiddleware<D extends BackendDefinitionsInput> extends Backends<D> {
  (ctx: KoaContext, next: () => Promise<unknown>): Promise<unknown>;
  /**
   * The backends of a request, exactly typed without any augmentation.
   *
   * @throws ConfigurationError when this middleware has not run on the request
   */
  of(ctx: KoaContext): BackendsOf<D>;
}

/**
 * Gives a middleware that attaches backends to each request, as `ctx.backends`.
 *
 * @param definitions the backends by name, or what `createBackends` gave, then with no option but `property`
 * @throws ConfigurationError with all that is wrong; for a name or member that is taken it comes with the request
 * @example
 * app.use(backends({ billing: { origin: 'https://billing.example.com' } }));
 * app.use(async (ctx) => { ctx.body = await ctx.backends.billing.got('invoices').json(); });
 */
export function backends<const D extends BackendDefinitionsInput, const M extends MadeBackends = never>(
  definitions: JudgedDefinitions<D> | M,
  options?: OptionsBeside<M>,
): BackendsMiddleware<DefinitionsOf<D, M>> {
  const { attach, ...members } = requestBackends<D, M>(definitions, options);

  async function oauth2Backends(ctx: KoaContext, next: () => Promise<unknown>): Promise<unknown> {
    attach(ctx.req, ctx.res, ctx);
    return next();
  }

  return Object.assign(oauth2Backends, members);
}
