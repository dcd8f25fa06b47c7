/** Tokens that a function of the application gets: for vendors whose token request is none of the RFCs. */

import { didYouMean } from '../definitions/schema/nearest-name.js';
import { OAuth2BackendError, TokenRequestError } from '../errors.js';
import { type AccessToken, isTokenValue, type RequestContext, type TokenQuery, type TokenSource } from '../token.js';
import { scopeText } from './granted-scope.js';

/** A token as the function gives it. */
export interface AcquiredToken {
  /** The token as it goes behind `Bearer `; 32 KiB at the most. A secret. */
  readonly value: string;
  /** Milliseconds from the call on. Without it and `expiresAt`: 5 minutes. */
  readonly expiresIn?: number | undefined;
  /** Milliseconds since the epoch; with `expiresIn`, the earlier end counts. */
  readonly expiresAt?: number | undefined;
  readonly scope?: string | undefined;
}

/** What `tokenSource` is made from. */
export interface TokenSourceOptions {
  /**
   * Gets one token. What it throws becomes the `cause` of a TokenRequestError and is not tried again in the same renewal; errors of this library stay as they are.
   *
   * @param request the signal ends with the renewal's 10 s; the context is there with `subject` only: without it the token is everybody's;
   * `refused` is the value of the token that the API has refused, if that is why: for a function that asks another cache
   */
  readonly acquire: (request: {
    readonly signal: AbortSignal;
    readonly context: RequestContext | undefined;
    readonly refused?: string | undefined;
  }) => AcquiredToken | Promise<AcquiredToken>;
  /** Tells whose token it is; one is kept for each. Without it there is one token for all. */
  readonly subject?: ((context: RequestContext | undefined) => string | Promise<string>) | undefined;
  /** Whether the option `store` shares it, under the backend's name and the subject. Default `false`. */
  readonly shared?: boolean | undefined;
}

const OPTIONS: readonly (keyof TokenSourceOptions)[] = ['acquire', 'subject', 'shared'];

/**
 * A source for `oauth2` whose tokens are kept, renewed ahead of their end and after a refusal, paused after a failure,
 * observed and counted as if it were a block. By itself, outside of `createBackends`, it asks each time.
 *
 * @example
 * oauth2: tokenSource({ acquire: async ({ signal }) => {
 *   const { token, seconds } = await vendor.login(key, { signal });
 *   return { value: token, expiresIn: seconds * 1000 };
 * } })
 * @throws TypeError for what is no function, and no option
 */
export function tokenSource(options: TokenSourceOptions): TokenSource {
  const { acquire, subject, shared }: Partial<TokenSourceOptions> = Object(options);
  const unknown = Object.keys(Object(options)).find((name) => !(OPTIONS as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`"${unknown}" is no option of tokenSource${didYouMean(unknown, OPTIONS)}`);
  }
  if (typeof acquire !== 'function') throw new TypeError('tokenSource needs a function "acquire"');
  if (subject !== undefined && typeof subject !== 'function') throw new TypeError('"subject" must be a function');
  if (shared !== undefined && typeof shared !== 'boolean') throw new TypeError('"shared" must be true or false');
  return new AcquiringSource({ acquire, subject, shared });
}

/** What `tokenSource` gives; known by its class, so that it can be kept. */
export class AcquiringSource implements TokenSource {
  readonly options: TokenSourceOptions;

  constructor(options: TokenSourceOptions) {
    this.options = options;
  }

  async token({ signal = NEVER, context, refused }: TokenQuery = {}): Promise<AccessToken> {
    const asked = { signal, context: this.options.subject && context, refused };
    return acquireToken(this.options, { ...asked, name: 'token source', now: Date.now() });
  }
}

const NEVER = new AbortController().signal;

/** Asks once. @param asked.name of the backend @param asked.now milliseconds since the epoch: the token's life begins */
export async function acquireToken(
  { acquire }: TokenSourceOptions,
  asked: Parameters<TokenSourceOptions['acquire']>[0] & { name: string; now: number },
): Promise<AccessToken> {
  const { signal, context, refused, name, now } = asked;
  let token: AccessToken | string;
  try {
    // What it gives may have members that throw.
    token = readAcquired(await acquire({ signal, context, refused }), now);
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    if (cause instanceof OAuth2BackendError) throw cause;
    throw new TokenRequestError(`acquire() of "${name}" failed`, { cause, backend: name });
  }
  if (typeof token !== 'string') return token;
  throw new TokenRequestError(`acquire() of "${name}" gave ${token}`, { backend: name });
}

/** The token, or words for what is wrong with it. */
function readAcquired(given: unknown, now: number): AccessToken | string {
  const { value, expiresIn, expiresAt, scope } = Object(given) as Partial<Record<keyof AcquiredToken, unknown>>;
  if (!isTokenValue(value) || value.length > LONGEST) return 'no token that a header may carry';
  const ends = [typeof expiresIn === 'number' ? now + expiresIn : expiresIn, expiresAt].filter(isGiven);
  if (!ends.every((end) => typeof end === 'number' && Number.isFinite(end) && end >= now)) {
    return 'a life that is negative or no number of milliseconds';
  }
  return Object.freeze({
    value,
    type: 'Bearer' as const,
    issuedAt: now,
    expiresAt: ends.length > 0 ? Math.min(...(ends as number[])) : now + DEFAULT_LIFE,
    ...(typeof scope === 'string' && { scope: scopeText(scope) }),
  });
}

const LONGEST = 32 * 1024;
const DEFAULT_LIFE = 300_000;

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
