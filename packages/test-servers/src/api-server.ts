/**
 * A resource server for tests: records what it saw, knows which tokens are valid, answers, redirects and echoes.
 *
 * Whatever the path, a request without a valid bearer token gets 401 with a challenge (RFC 6750 §3). Then:
 * - `/echo`: body and content type of the request come back
 * - `/redirect?to=URL&status=307`: a redirect, 302 unless said otherwise
 * - everything else: 200 and `{ method, url, token }`
 */
import { type RecordedRequest, type RecordingServer, recordingServer } from './recording-server.js';

export interface ApiServer extends RecordingServer {
  /** Whether this token is good; `undefined` when the request carried none. Default: any token but the revoked ones. */
  valid: (token: string | undefined) => boolean;
  /** The `WWW-Authenticate` of a 401. Default `Bearer error="invalid_token"`; `undefined` sends none. */
  challenge: string | readonly string[] | undefined;
  /** From now on these tokens are refused. */
  revoke(...tokens: readonly string[]): void;
  /** The bearer token of each recorded request, in order; `undefined` where there was none. */
  tokens(): (string | undefined)[];
}

/** The bearer token of a recorded request. */
export function tokenOf(request: RecordedRequest | undefined): string | undefined {
  return request?.headers.authorization?.match(/^Bearer (.+)$/)?.[1];
}

/** Starts a resource server on a free loopback port. */
export async function apiServer(): Promise<ApiServer> {
  const revoked = new Set<string>();
  const base = await recordingServer((request) => {
    const token = tokenOf(request);
    if (!server.valid(token)) {
      const headers = server.challenge === undefined ? {} : { 'www-authenticate': server.challenge };
      return { status: 401, headers, body: { refused: token } };
    }
    const { method, url, body } = request;
    const { pathname, searchParams } = new URL(url, base.origin);
    if (pathname === '/echo') {
      return { headers: { 'content-type': request.headers['content-type'] ?? 'application/octet-stream' }, body };
    }
    if (pathname === '/redirect') {
      const status = Number(searchParams.get('status') ?? 302);
      return { status, headers: { location: searchParams.get('to') ?? '/' } };
    }
    return { body: { method, url, token } };
  });
  const server: ApiServer = {
    ...base,
    valid: (token) => token !== undefined && !revoked.has(token),
    challenge: 'Bearer error="invalid_token"',
    revoke: (...tokens) => {
      for (const token of tokens) revoked.add(token);
    },
    tokens: () => base.requests.map(tokenOf),
  };
  return server;
}
