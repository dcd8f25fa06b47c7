/** Makes backends of their definitions, and closes them. */

import type { UpgradeOptions } from '../clients/forward/upgrade/options.js';
import { type UpgradeListener, upgradeListener } from '../clients/forward/upgrade/upgrade-listener.js';
import { systemClock } from '../clock.js';
import type { BackendDefinitions } from '../definitions/definition.js';
import type { BackendDefinitionsInput, NamesOf } from '../definitions/judged/backend-definitions-input.js';
import type { JudgedDefinitions } from '../definitions/judged/judged-definitions.js';
import { resolveDefinitions } from '../definitions/resolve/definitions.js';
import type { Resolved } from '../definitions/resolved.js';
import { ConfigurationError } from '../errors.js';
import { runningCalls } from '../outbound/running-calls.js';
import { guardedStore } from '../sharing/guarded-store.js';
import { waitFor } from '../sources/waiting.js';
import type { RequestContext } from '../token.js';
import { createTransport } from '../transport/transport.js';
import type { Backend } from './backend.js';
import { type BackendStatus, statusOf } from './backend-status.js';
import { membersByName, unknownBackend } from './members-by-name.js';
import { publish } from './observation/channels.js';
import { steadyLogger } from './observation/logger.js';
import { outages } from './observation/outages.js';
import { storeObservation } from './observation/store-observation.js';
import { type BackendsOptions, checkOptions } from './options.js';
import { TiedBackends } from './tied-backends.js';
import { ready, upstreams } from './upstream.js';

/** The backends of one `createBackends`: their connections and tokens live until `close()`. */
export interface Backends<D extends BackendDefinitionsInput = BackendDefinitions> {
  /** The configured names, in their order. */
  readonly names: readonly (NamesOf<D> & string)[];
  /** A backend that is not tied to a request: for jobs, start-up, scripts. @throws UnknownBackendError */
  get(name: NamesOf<D> & string): Backend;
  /** All backends, tied to one inbound request; each is made when first read. */
  for(context: RequestContext): { readonly [N in NamesOf<D>]: Backend };
  /**
   * Gets every token that needs no request, even while a pause is on.
   *
   * @throws AggregateError that names all that failed; the signal's own reason
   */
  ready(options?: { signal?: AbortSignal | undefined }): Promise<void>;
  /**
   * Gives a listener that sends WebSockets on to a backend with its token; `app.listen()` gives the server. Requests that are
   * not below `mount` are left to other listeners; where there are none, 404.
   *
   * @example
   * server.on('upgrade', backends.upgrade('billing', { mount: '/api/billing', authorize: (request) => isKnown(request) }));
   * @throws UnknownBackendError; ConfigurationError for wrong options
   */
  upgrade(name: NamesOf<D> & string, options: UpgradeOptions): UpgradeListener;
  /** What each backend's token is up to; it asks nobody. */
  status(): BackendStatus[];
  /**
   * Refuses new calls, lets running ones end, then ends renewals and connections; waits for a write to the store under way.
   *
   * @param options.timeout milliseconds for the running calls, default 5 000; Infinity waits for all of them
   * @throws ConfigurationError when that is no such number; nothing is closed then
   */
  close(options?: { timeout?: number | undefined }): Promise<void>;
}

/**
 * Makes backends from their definitions, validated and copied at once.
 *
 * @example
 * const backends = createBackends({ billing: { origin: 'https://billing.example.com', oauth2 } });
 * const invoices = await backends.get('billing').got('invoices').json();
 * @throws ConfigurationError with all problems
 */
export function createBackends<const D extends BackendDefinitionsInput>(
  definitions: JudgedDefinitions<D>,
  options: BackendsOptions = {},
): Backends<D> {
  const checked = checkOptions(options);
  const { tokens, dispatcher, clock = systemClock, store: given } = checked.options;
  const { maxIdentities = 10_000, newIdentitiesPerSecond = 1_000 } = checked.options;
  const logger = checked.options.logger && steadyLogger(checked.options.logger);
  const { backends: resolved, warnings } = resolveAll(definitions, checked);
  for (const warning of warnings) warn(warning);

  const store = given && guardedStore(given, { clock, report: storeObservation({ clock, logger, warn }) });
  const calls = runningCalls();
  const made = upstreams({
    clock,
    logger,
    outages: logger ? undefined : outages({ clock, warn: emitWarning }),
    warn,
    dispatcher,
    tokens,
    transportOf: createTransport,
    maxIdentities,
    newIdentitiesPerSecond,
    store,
    calls,
  });
  const named = new Map(resolved.map((backend) => [backend.name, made.of(backend)]));
  const names = Object.freeze([...named.keys()]) as Backends<D>['names'];
  const untied = new TiedBackends(named, names, undefined);
  let closing: Promise<void> | undefined;

  return {
    names,
    get: (name) => untied.member(name),
    for: (context) => membersByName(new TiedBackends(named, names, context)) as { readonly [N in NamesOf<D>]: Backend },
    async ready({ signal } = {}) {
      const controller = new AbortController();
      const end = calls.begin((reason) => controller.abort(reason));
      try {
        await waitFor(ready([...named.values()], signal), controller.signal);
      } finally {
        end();
      }
    },
    upgrade(name, options) {
      const upstream = named.get(name);
      if (!upstream) throw unknownBackend(name, names);
      return upgradeListener(upstream.bearer, upstream.settings, options);
    },
    status: () => [...named.values()].map(statusOf),
    close({ timeout = 5_000 } = {}) {
      if (!isTime(timeout)) return Promise.reject(notATime());
      closing ??= close(Math.min(timeout, LONGEST));
      return closing;
    },
  };

  function warn(message: string, backend?: string): void {
    if (logger) logger.warn(backend === undefined ? {} : { backend }, message);
    else emitWarning(message);
    publish('oauth2-backend:warning', () => ({ message, ...(backend !== undefined && { backend }) }));
  }

  async function close(timeout: number): Promise<void> {
    calls.close();
    await calls.idle(timeout);
    calls.cut();
    for (const { counted } of made.all()) counted?.close();
    await Promise.all(made.all().map(({ settings }) => settings.transport.destroy()));
    await store?.written();
  }
}

function emitWarning(message: string): void {
  process.emitWarning(message, { type: 'OAuth2BackendWarning' });
}

/** Node's timers fire at once when they are to count further. */
const LONGEST = 2 ** 31 - 1;

function isTime(timeout: unknown): boolean {
  return typeof timeout === 'number' && timeout >= 0;
}

function notATime(): ConfigurationError {
  return new ConfigurationError([{ path: 'timeout', message: 'must be a number of milliseconds, 0 or more' }]);
}

/** @throws ConfigurationError with the problems of options and definitions together */
function resolveAll(definitions: unknown, { options, problems }: ReturnType<typeof checkOptions>): Resolved {
  try {
    const resolved = resolveDefinitions(definitions, Object.keys(options.tokens ?? {}));
    if (problems.length === 0) return resolved;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError([...problems, ...error.problems]);
  }
  throw new ConfigurationError(problems);
}
