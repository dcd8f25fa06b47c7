/** One resolved backend at work: its bearer, its connections, its token. */

import { type Bearer, tieBearer } from '../bearer/bearer.js';
import { targetRule } from '../bearer/target.js';
import { tokenPost } from '../clients/token-post.js';
import type { ResolvedBackend, ResolvedOAuth2 } from '../definitions/resolved.js';
import { sharedSignal } from '../outbound/call.js';
import type { RunningCalls } from '../outbound/running-calls.js';
import { type ClientSettings, connectLimit } from '../outbound/settings.js';
import { type SharedPause, sharedPause } from '../sources/shared-pause.js';
import type { TokenSource } from '../token.js';
import { NO_QUERY } from '../token-request/own-query.js';
import { AcquiringSource } from '../token-request/token-source.js';
import type { Transport } from '../transport/transport.js';
import type { TransportOptions } from '../transport/transport-options.js';
import { countedAcquisition } from './counted-acquisition.js';
import { type CountedSource, type CountingOptions, countedSource } from './counted-source.js';
import { publish } from './observation/channels.js';

/** What a backend's clients work with, made once: where its requests go, and where its tokens come from. */
export interface Upstream {
  readonly name: string;
  readonly bearer: Bearer;
  readonly settings: ClientSettings;
  /** Where the token comes from; absent for a backend that sends none. */
  readonly source: TokenSource | undefined;
  /** The same when it is kept by us. */
  readonly counted: CountedSource | undefined;
  /** What happened to its connections since the start. */
  readonly connections: ConnectionCounts;
  /** The pause of those who ask for tokens through this backend. */
  readonly pause: SharedPause;
}

interface ConnectionCounts {
  /** Requests that were repeated because the connection that they had reused died. */
  reconnects: number;
}

/** What a backend need not have: named here, so that what somebody puts on `Object.prototype` is not read in its place. */
const NOTHING = {
  hostname: undefined,
  basicAuth: undefined,
  proxy: undefined,
  computed: undefined,
  forwardHeaders: undefined,
  context: undefined,
};

interface UpstreamOptions extends CountingOptions {
  readonly dispatcher: TransportOptions['dispatcher'];
  readonly tokens: Readonly<Record<string, TokenSource>> | undefined;
  /** Makes the connections of each backend. */
  readonly transportOf: (options: TransportOptions) => Transport;
  readonly calls: RunningCalls;
}

/** Makes upstreams, each once: a named token backend serves its own callers and token requests with the same connections. */
export function upstreams(options: UpstreamOptions): { of(resolved: ResolvedBackend): Upstream; all(): Upstream[] } {
  const made = new Map<string, Upstream>();
  return { of, all: () => [...made.values()] };

  function of(resolved: ResolvedBackend): Upstream {
    const known = made.get(resolved.name);
    if (known) return known;
    const upstream = make(resolved);
    made.set(resolved.name, upstream);
    return upstream;
  }

  function make(resolved: ResolvedBackend): Upstream {
    const { name, timeouts, oauth2 } = resolved;
    const transport = options.transportOf({
      ...NOTHING,
      ...resolved,
      ...connectLimit(timeouts),
      dispatcher: options.dispatcher,
    });
    const connections: ConnectionCounts = { reconnects: 0 };
    const onReconnect = (method: string) => {
      connections.reconnects += 1;
      publish('oauth2-backend:reconnect', () => ({ backend: name, method }));
    };
    const settings: ClientSettings = { ...NOTHING, ...resolved, transport, onReconnect, begin: options.calls.begin };
    const given = options.tokens && Object.hasOwn(options.tokens, name) ? options.tokens[name] : undefined;
    const own = given ?? resolved.source;
    const counted = own ? keepAcquired(name, own) : oauth2 && count(name, oauth2);
    const source = counted?.source ?? own;
    const warn = (message: string) => options.warn(message, name);
    const bearer = tieBearer({
      name,
      source,
      target: targetRule(resolved),
      retries: oauth2?.retries ?? 1,
      ofUser: counted?.kept === undefined,
      refusedStatuses: oauth2?.refusedStatuses,
      stepUp: oauth2?.stepUp,
      field: resolved.tokenField,
      warn,
    });
    return { name, bearer, settings, source, counted, connections, pause: sharedPause(options.clock) };
  }

  function keepAcquired(name: string, source: TokenSource): CountedSource | undefined {
    return source instanceof AcquiringSource ? countedAcquisition(source.options, { ...options, name }) : undefined;
  }

  function count(name: string, oauth2: ResolvedOAuth2): CountedSource {
    const { bearer, settings, pause: shared } = of(oauth2.tokenBackend);
    const openPost = tokenPost({
      endpoint: oauth2.tokenEndpoint,
      bearer,
      settings: { ...settings, begin: () => () => {} },
    });
    return countedSource({ ...options, name, oauth2, openPost, shared });
  }
}

/** Asks every source for a token, side by side. @throws AggregateError that names all that failed; the signal's own reason */
export async function ready(all: readonly Upstream[], signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const results = await Promise.allSettled(all.map((upstream) => getToken(upstream, sharedSignal(signal))));
  signal?.throwIfAborted();
  const failed = results.flatMap((result, index) =>
    result.status === 'rejected' ? [{ name: all[index]?.name, error: result.reason as unknown }] : [],
  );
  if (failed.length === 0) return;
  const reasons = failed.map(
    ({ name, error }) => `"${name}" (${error instanceof Error ? error.message : 'unknown reason'})`,
  );
  throw new AggregateError(
    failed.map(({ error }) => error),
    `no token for ${reasons.join(', ')}`,
  );
}

async function getToken({ bearer, counted }: Upstream, signal: AbortSignal | undefined): Promise<void> {
  if (counted?.kept) await counted.kept.ready(signal);
  else if (!counted && bearer.hasToken) await bearer.token({ ...NO_QUERY, signal });
}
