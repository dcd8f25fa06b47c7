/** Keeps web pages out: a playground lets anybody who reaches it have tokens and keys. */
import type { IncomingMessage } from 'node:http';

/**
 * Why a request is refused; `undefined` where it comes from this machine.
 *
 * A page whose name is made to point at 127.0.0.1 (DNS rebinding) sends that name as `Host`; one that posts a form across
 * origins sends its own as `Origin`.
 */
export function foreign({ url, headers }: IncomingMessage): string | undefined {
  if (!isLoopback(`http://${headers.host ?? ''}`)) return 'only for requests to 127.0.0.1 or localhost';
  if (headers.origin !== undefined && !isLoopback(headers.origin)) return 'not for pages of other sites';
  if (!url?.startsWith('/')) return 'only for paths, this is no proxy';
  return undefined;
}

function isLoopback(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(origin).hostname);
}
