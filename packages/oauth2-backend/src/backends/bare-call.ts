/** `app.use(backends)` without the call: the framework then calls it, with a request. */

import { ConfigurationError } from '../errors.js';

/**
 * Says how it is to be called, instead of all that is wrong with a request as configuration.
 *
 * @throws ConfigurationError when the arguments are those of Express, `(request, response, next)`, or Koa, `(ctx, next)`
 */
export function refuseBareCall(given: unknown, next: unknown, call: string): void {
  // Looked at first: of definitions nothing is read here.
  if (typeof next !== 'function' && typeof memberOf(next, 'setHeader') !== 'function') return;
  if (!isRequest(given) && !isRequest(memberOf(given, 'req'))) return;
  throw new ConfigurationError([{ path: '', message: `a request came for an argument; call it: ${call}` }]);
}

/** Node's own, or what serverless adapters have in its place. */
function isRequest(value: unknown): boolean {
  return typeof memberOf(value, 'method') === 'string' && typeof memberOf(value, 'headers') === 'object';
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, name) as unknown) : undefined;
}
