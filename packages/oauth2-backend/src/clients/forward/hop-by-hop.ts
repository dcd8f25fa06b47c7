/** The headers of one connection, which nobody passes on (RFC 9110 §7.6.1). */

/** Their names in lower case. `TE`, `Trailer` and `Content-Length` are left to those who know the message. */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** The names in a `Connection` header, in lower case: they belong to the connection too. */
export function connectionOptions(value: string): string[] {
  return value.split(',').map((option) => option.trim().toLowerCase());
}

/** Takes the headers off that a `Connection` header names. */
export function dropNamed(headers: Record<string, string | string[]>, connection: string | undefined): void {
  if (connection === undefined) return;
  for (const name of connectionOptions(connection)) delete headers[name];
}
