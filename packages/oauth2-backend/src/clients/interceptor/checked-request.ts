/** A request as somebody else's dispatcher was given it, checked and copied. */

import type { Dispatcher } from 'undici';
import type { Bearer } from '../../bearer/bearer.js';
import { memberOf } from '../../definitions/own-members.js';
import { OriginError } from '../../errors.js';
import { assertFrame } from '../../outbound/body-frame.js';
import type { AbortSource } from '../../outbound/call.js';
import { dispatchOptions } from '../../outbound/dispatch-options.js';
import { encodeBody } from '../../outbound/replayable-body.js';
import { headerRecord } from '../../outbound/request-headers.js';

/** What is sent, less the token. */
export interface CheckedRequest {
  readonly sent: Dispatcher.DispatchOptions;
  readonly headers: Record<string, string | string[]>;
  /** Whether it can be sent again byte for byte. */
  readonly replayable: boolean;
  readonly signal: AbortSource | undefined;
}

/**
 * Reads the options once: what is changed later changes nothing that is sent.
 *
 * @throws OriginError, AuthorizationHeaderError
 */
export function checkRequest(options: Dispatcher.DispatchOptions, bearer: Bearer): CheckedRequest {
  const copy: Dispatcher.DispatchOptions & { maxRedirections?: unknown; signal?: AbortSource } = {
    ...dispatchOptions('', '', ''),
    ...options,
  };
  const origin = typeof copy.origin === 'object' ? copy.origin.href : copy.origin;
  bearer.target.checkParts(origin, copy.path);
  if (copy.method === 'CONNECT')
    throw new OriginError(`"${bearer.name}" opens no tunnels with its token`, { backend: bearer.name });
  if (copy.maxRedirections) {
    throw new OriginError(`"${bearer.name}" follows no redirects that it cannot check: compose redirects after it`, {
      backend: bearer.name,
    });
  }
  const headers = headerRecord(copy.headers, bearer) ?? {};
  const plain = copy.body === null || copy.body === undefined || isPlain(copy.body);
  const { bytes } = plain ? (encodeBody(copy.body) as { bytes?: Buffer | string }) : {};
  assertFrame(headers, plain ? { bytes } : { stream: copy.body });
  const sent = {
    ...copy,
    origin: bearer.target.resolve('').origin,
    // Redirects that are composed below heed it; undici's own connections take the 0.
    maxRedirections: 0,
    ...(bytes !== undefined && { body: bytes }),
  };
  return { sent, headers, replayable: plain, signal: memberOf(copy, 'signal') ?? undefined };
}

function isPlain(body: unknown): boolean {
  return typeof body === 'string' || ArrayBuffer.isView(body);
}
