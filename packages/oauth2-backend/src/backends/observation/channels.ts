/** What happens to tokens, published on `node:diagnostics_channel`: for tracing and metrics, without a logger. Never a secret. */

import { channel, tracingChannel } from 'node:diagnostics_channel';

/** What a token request is told with; the same object on each channel of `tracing:oauth2-backend:token-request:…`. */
export interface TokenRequestMessage {
  /** Name of the backend that the token is for. */
  readonly backend: string;
  /** As in the block; `tokenSource` for what that function makes. */
  readonly grantType: string;
  /** Origin and path of the token endpoint, without its query; absent for a `tokenSource`. */
  readonly endpoint?: string;
  /** The answer's HTTP status, once there is one. */
  status?: number;
  /** Why it gave no token; there on `error`. */
  error?: unknown;
}

/** A renewal has ended, well or not. */
export interface RenewalMessage {
  readonly backend: string;
  /** Whether a resource server's 401 was the reason. */
  readonly forced: boolean;
  /** The new token's end, milliseconds since the epoch. */
  readonly expiresAt?: number;
  /** Why there is no new token. */
  readonly error?: unknown;
}

/** A resource server has refused a token that was kept. */
export interface RefusalMessage {
  readonly backend: string;
  /** How old the token was, milliseconds. */
  readonly age: number;
}

/** Nobody asks for a while. */
export interface PauseMessage {
  readonly backend: string;
  /** Whom the pause concerns. */
  readonly scope: 'identity' | 'token backend';
  /** Its end, milliseconds since the epoch. */
  readonly retryAt: number;
  readonly error: unknown;
}

/** 401s cost no more token requests for a while: the budget of forced renewals is spent. */
export interface BudgetMessage {
  readonly backend: string;
}

/** A request was repeated on a new connection: the one that it had reused died before the first byte of an answer. */
export interface ReconnectMessage {
  readonly backend: string;
  readonly method: string;
}

/** The shared store failed, works again, or had a record that counts as absent. */
export interface StoreMessage {
  readonly state: 'down' | 'up' | 'record';
  /** Why it failed, or what was wrong with the record: `unreadable`, `oversized`, `malformed`, `replayed`. */
  readonly reason?: string;
}

/** Something that somebody should look at. */
export interface WarningMessage {
  /** Absent for warnings of the configuration: they name it in their text. */
  readonly backend?: string;
  readonly message: string;
}

/** The plain channels and what they carry. */
export interface ChannelMessages {
  'oauth2-backend:renewal': RenewalMessage;
  'oauth2-backend:refusal': RefusalMessage;
  'oauth2-backend:pause': PauseMessage;
  'oauth2-backend:budget': BudgetMessage;
  'oauth2-backend:reconnect': ReconnectMessage;
  'oauth2-backend:store': StoreMessage;
  'oauth2-backend:warning': WarningMessage;
}

type ChannelName = keyof ChannelMessages;

const channels = new Map(
  (
    [
      'oauth2-backend:renewal',
      'oauth2-backend:refusal',
      'oauth2-backend:pause',
      'oauth2-backend:budget',
      'oauth2-backend:reconnect',
      'oauth2-backend:store',
      'oauth2-backend:warning',
    ] satisfies ChannelName[]
  ).map((name) => [name, channel(name)]),
);
const tokenRequests = tracingChannel<object, TokenRequestMessage>('oauth2-backend:token-request');

/** Publishes a message, which is only made when somebody listens. */
export function publish<N extends ChannelName>(name: N, message: () => ChannelMessages[N]): void {
  const to = channels.get(name);
  if (to?.hasSubscribers) to.publish(message());
}

/** Traces one token request on `tracing:oauth2-backend:token-request:start`, `…:end`, `…:asyncStart`, `…:asyncEnd`, `…:error`. */
export async function traceTokenRequest<T>(
  message: () => TokenRequestMessage,
  work: (message: TokenRequestMessage | undefined) => Promise<T>,
): Promise<T> {
  if (!tokenRequests.hasSubscribers) return work(undefined);
  const traced = message();
  let brought: T | undefined;
  // What the promise brings would be published as `result`: it is the token.
  await tokenRequests.tracePromise(async () => {
    brought = await work(traced);
  }, traced);
  return brought as T;
}
