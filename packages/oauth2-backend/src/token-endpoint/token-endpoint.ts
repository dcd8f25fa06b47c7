/** The token source that asks an authorization server's token endpoint (RFC 6749 §3.2). */

import type { Clock } from '../clock.js';
import { OAuth2BackendError, TokenRequestError, TokenTimeoutError } from '../errors.js';
import { encodeForm, type FormParameters } from '../form-encoding.js';
import type { AccessToken, TokenQuery, TokenSource } from '../token.js';
import type { DraftPart, TokenRequestDraft } from '../token-request.js';
import { parseRetryAfter, setRetryAfter } from './retry-after.js';
import { judgeTokenAnswer, type TokenAnswer } from './token-response.js';

/** An answer of the token endpoint, read to its end. */
export interface PostAnswer extends TokenAnswer {
  readonly retryAfter: string | readonly string[] | undefined;
}

/** Posts a form through the token backend. Redirects are not followed (they would repost the secret). */
export type Post = (request: {
  headers: Record<string, string>;
  body: string;
  signal: AbortSignal | undefined;
}) => Promise<PostAnswer>;

export interface TokenEndpointOptions {
  /** Name of the backend, for messages. */
  readonly backend: string;
  readonly post: Post;
  readonly grant: DraftPart;
  readonly clientAuth: DraftPart;
  /** Further form parameters; none that grant or client authentication set. */
  readonly params: FormParameters;
  readonly scope: string | undefined;
  /** Milliseconds. */
  readonly defaultTtl: number;
  readonly clock: Clock;
  /** Called before each request is sent. */
  readonly onRequest?: (() => void) | undefined;
}

/** Asks the token endpoint each time it is asked; nothing is kept. */
export function tokenEndpoint(options: TokenEndpointOptions): TokenSource {
  const { backend, clock } = options;

  return {
    async token(query: TokenQuery = {}): Promise<AccessToken> {
      const draft: TokenRequestDraft = { form: { ...options.params }, headers: {}, secrets: [] };
      await options.grant(draft, query.context);
      await options.clientAuth(draft, query.context);
      query.signal?.throwIfAborted();

      const issuedAt = clock.now();
      options.onRequest?.();
      const answer = await send(draft, query.signal);
      try {
        return judgeTokenAnswer(answer, { ...options, issuedAt, secrets: draft.secrets });
      } catch (error) {
        throw error instanceof Error ? setRetryAfter(error, parseRetryAfter(answer.retryAfter, clock.now())) : error;
      }
    },
  };

  async function send(draft: TokenRequestDraft, signal: AbortSignal | undefined): Promise<PostAnswer> {
    const headers = {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'oauth2-backend',
      ...draft.headers,
    };
    try {
      return await options.post({ headers, body: encodeForm(draft.form), signal });
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (error instanceof OAuth2BackendError) throw error;
      if (isTimeout(error))
        throw new TokenTimeoutError(`token endpoint of "${backend}" did not answer in time`, { cause: error });
      throw new TokenRequestError(`token endpoint of "${backend}" could not be reached: ${reasonOf(error)}`, {
        cause: withoutBytes(error),
      });
    }
  }
}

function isTimeout(error: unknown): boolean {
  const { name, code } = partsOf(error);
  return name === 'TimeoutError' || (typeof code === 'string' && code.includes('TIMEOUT'));
}

/** A code where there is one: messages of the network layer differ between versions. */
function reasonOf(error: unknown): string {
  const { code, message } = partsOf(error);
  return [code, message].find((text) => typeof text === 'string' && text !== '')?.toString() ?? 'unknown reason';
}

/** Read without `instanceof`: errors of Node's own modules belong to another realm under some test runners. */
function partsOf(error: unknown): { name?: unknown; code?: unknown; message?: unknown } {
  return typeof error === 'object' && error !== null ? error : {};
}

/** undici keeps the bytes that it could not parse on the error: there may be a token among them. */
function withoutBytes(error: unknown): unknown {
  if (typeof error === 'object' && error !== null && 'data' in error) delete error.data;
  return error;
}
