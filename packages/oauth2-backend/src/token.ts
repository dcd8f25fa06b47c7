import type { IncomingMessage, ServerResponse } from 'node:http';

/** A bearer token and what is known of its life. A plain object that nothing changes after it was made. */
export interface AccessToken {
  /** The token as it goes behind `Bearer `: x21-7E without `"` and `,` (RFC 6750 §2.1). A secret. */
  readonly value: string;
  /** The token type as the field's own name for it; compared case-insensitively on arrival (RFC 6749 §7.1). */
  readonly type: 'Bearer';
  /** Milliseconds since the epoch (RFC 6749 §5.1 counts in seconds from the answer; we count from before the request). */
  readonly expiresAt: number;
  /** Milliseconds since the epoch: the instant before the token request was sent. */
  readonly issuedAt: number;
  /** The granted scope; the requested one when the answer names none (RFC 6749 §5.1). */
  readonly scope?: string | undefined;
}

/** Whether the value can stand behind `Bearer `: RFC 6750 §2.1 is narrower; quotes and commas end a value in a header. */
export function isTokenValue(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21\x23-\x2b\x2d-\x7e]+$/.test(value);
}

/** What one inbound request lends to its outbound ones. */
export interface RequestContext {
  /** Node's own request, also where a framework has one of its own. */
  readonly request: IncomingMessage;
  /** Node's own response. */
  readonly response: ServerResponse;
  /** Fires with a `ClientClosedError` when the inbound client goes away before its answer is complete. */
  readonly signal: AbortSignal;
  // biome-ignore lint/suspicious/noExplicitAny: Express's `req` or Koa's `ctx`; core knows neither
  readonly inbound: any;
}

/** What a caller may say when it asks for a token. */
export interface TokenQuery {
  /** Releases this caller, and only this caller, with the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The value of a token that a resource server has refused (RFC 6750 §3.1). The answer is a newer one where there is one or
   * one can be had; it is the same where it is to be tried again: it may be too young to be known, or the refusal a stray one.
   */
  readonly refused?: string | undefined;
  /** The inbound request on whose behalf the token is asked for; absent for jobs and start-up. */
  readonly context?: RequestContext | undefined;
}

/** The one inner contract: something that can be asked for a token. */
export interface TokenSource {
  /**
   * Gives a token that can be sent now.
   *
   * Naming the same object again after `refused` says that no newer token can be had now; the refusal then stands.
   *
   * @throws TokenRequestError, TokenTimeoutError, or what else keeps the token from coming
   */
  token(request?: TokenQuery): Promise<AccessToken>;
  /** A fresh token without a promise, or `undefined` when `token()` has to be asked. */
  current?(): AccessToken | undefined;
}
