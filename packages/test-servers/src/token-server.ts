/**
 * A token endpoint (RFC 6749 §3.2) for tests: issues `token-1`, `token-2`, …, records the requests, does what it is told.
 *
 * Answers every POST with a new token; it does not judge credentials, tests look at what arrived.
 * `next({ status: 503 })` fails once, `next({ reset: true })` closes the connection, `hold()` keeps all waiting.
 */
import { type Answer, type RecordedRequest, type RecordingServer, recordingServer } from './recording-server.js';

export interface TokenServer extends RecordingServer {
  /** The token endpoint: `origin` + `/token`. */
  readonly url: string;
  /** Every token issued so far, oldest first. */
  readonly issued: readonly string[];
  /** Seconds, sent as `expires_in`; `undefined` leaves the member out. Default 3600. */
  expiresIn: number | undefined;
  /** Milliseconds to wait before each answer. Default 0. */
  delay: number;
  /** Answers every request so, until it is set to `undefined` again. One-off answers of `next` go first. */
  failure: Answer | undefined;
  /** Further members of the answer, and replacements: `{ scope: 'read' }`. */
  extra: Record<string, unknown>;
}

/** The form of a recorded token request. */
export function formOf(request: RecordedRequest | undefined): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(request?.body.toString()));
}

/** Starts a token server on a free loopback port. */
export async function tokenServer(): Promise<TokenServer> {
  const issued: string[] = [];
  const base = await recordingServer(({ method }) => {
    if (server.failure) return { delay: server.delay, ...server.failure };
    if (method !== 'POST') return { status: 405 };
    const token = `token-${issued.length + 1}`;
    issued.push(token);
    const life = server.expiresIn === undefined ? {} : { expires_in: server.expiresIn };
    return {
      delay: server.delay,
      headers: { 'cache-control': 'no-store' },
      body: { access_token: token, token_type: 'Bearer', ...life, ...server.extra },
    };
  });
  const server: TokenServer = {
    ...base,
    url: `${base.origin}/token`,
    issued,
    expiresIn: 3600,
    delay: 0,
    failure: undefined,
    extra: {},
  };
  return server;
}
