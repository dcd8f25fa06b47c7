/** Who says to be asking for a token, whether it can prove it or not. */
import type { IncomingHttpHeaders } from 'node:http';
import { decodeJwt } from 'jose';

/** By the `Authorization` header (RFC 6749 §2.3.1), the form, or the assertion in it (RFC 7523 §3); `undefined` of nobody. */
export function askingClient(
  headers: IncomingHttpHeaders,
  form: Readonly<Record<string, unknown>>,
): string | undefined {
  const basic = /^Basic +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (basic !== undefined) return decoded(Buffer.from(basic, 'base64').toString().split(':')[0] ?? '');
  const { client_id: id, client_assertion: assertion } = form;
  if (typeof id === 'string') return id;
  if (typeof assertion !== 'string') return undefined;
  try {
    return decodeJwt(assertion).sub;
  } catch {
    return undefined;
  }
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id.replaceAll('+', ' '));
  } catch {
    return id;
  }
}
