/** Backends on Express's requests: `req.backends.billing.got('invoices')`. Express 4.21 and 5. */
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

declare global {
  namespace Express {
    interface Request {
      /** The backends of this request; an unknown name throws. See `Register` for their names. */
      readonly backends: RegisteredBackends;
    }
  }
}

/** The middleware, which is the `Backends` too: `ready()` before listening, `close()` after. */
export interface BackendsMiddleware<D extends BackendDefinitionsInput> extends Backends<D> {
  (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void;
  /**
   * The backends of a request, exactly typed without any augmentation.
   *
   * @throws ConfigurationError when this middleware has not run on the request
   */
  of(request: IncomingMessage): BackendsOf<D>;
}

/**
 * Gives a middleware that attaches backends to each request, as `req.backends`.
 *
 * @param definitions the backends by name, or what `createBackends` gave, then with no option but `property`
 * @throws ConfigurationError with all that is wrong; for a name or member that is taken it goes to `next` with the request
 * @example
 * app.use(backends({ billing: { origin: 'https://billing.example.com' } }));
 * app.get('/invoices', async (req, res) => res.json(await req.backends.billing.got('invoices').json()));
 */
export function backends<const D extends BackendDefinitionsInput, const M extends MadeBackends = never>(
  definitions: JudgedDefinitions<D> | M,
  options?: OptionsBeside<M>,
): BackendsMiddleware<DefinitionsOf<D, M>> {
  const { attach, ...members } = requestBackends<D, M>(definitions, options);

  function oauth2Backends(request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void {
    try {
      attach(request, response, request);
    } catch (error) {
      next(error);
      return;
    }
    next();
  }

  return Object.assign(oauth2Backends, members);
}
