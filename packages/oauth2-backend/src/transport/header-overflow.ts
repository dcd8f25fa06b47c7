/** What an answer with larger headers than `max_response_header_size` fails with. */

import { errors } from 'undici';

/** undici's error for it. @param limit in bytes */
export function headersOverflow(limit: number): Error {
  const error = new errors.HeadersOverflowError();
  explainOverflow(error, limit);
  return error;
}

/** Says so in the message of undici's error, or Node's; leaves others alone. @param limit in bytes */
export function explainOverflow(error: unknown, limit: number): void {
  if (typeof error !== 'object' || error === null || !OVERFLOW.has((error as NodeJS.ErrnoException).code)) return;
  (error as Error).message = `the headers of the answer are larger than max_response_header_size (${limit} bytes)`;
}

const OVERFLOW: ReadonlySet<string | undefined> = new Set(['HPE_HEADER_OVERFLOW', 'UND_ERR_HEADERS_OVERFLOW']);
