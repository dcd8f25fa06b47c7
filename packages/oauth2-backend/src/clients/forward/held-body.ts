/** A body that does not stream in: what the option `body` gives, or what an adapter of requests without a socket has brought. */

import type { IncomingMessage } from 'node:http';
import { types } from 'node:util';
import { kindOf } from '../../definitions/schema/members.js';
import { ConfigurationError } from '../../errors.js';
import type { ForwardOptions } from './options.js';

/** Describes another body: its coding and its digests (RFC 9110 §8.4, RFC 9530). */
const OF_THE_BYTES = ['content-encoding', 'content-digest', 'repr-digest', 'digest', 'content-md5'];

/**
 * What the option `body` gives instead of the request's own body; `undefined` where that is the one. Takes off `headers`
 * what does not hold for it.
 *
 * @param inbound the framework's own object
 * @throws ConfigurationError for anything but text, bytes and `undefined`; what the function throws
 */
export function replacedBody(
  { body }: Pick<ForwardOptions, 'body'>,
  inbound: unknown,
  headers: Record<string, string | string[]>,
): Buffer | undefined {
  const given: unknown = body?.(inbound);
  if (given === undefined) return undefined;
  const bytes = bytesOf(given);
  if (!bytes) throw wrong(`must give a string, bytes or undefined at once, not ${kindOf(given)}`);
  for (const name of OF_THE_BYTES) delete headers[name];
  return bytes;
}

/**
 * The body of a request that no socket made: `request.body` where that is text or bytes, else all that its stream brings.
 *
 * @param length what `Content-Length` says, if anything
 * @throws ConfigurationError when there is less, or somebody has read it
 */
export function broughtBody(request: IncomingMessage, length: number | undefined): Buffer | Promise<Buffer> {
  const bytes = bytesOf((request as { body?: unknown }).body);
  if (bytes) return complete(bytes, length);
  if (length === 0) return NOTHING;
  assertUnread(request);
  return collect(request, length);
}

const NOTHING = Buffer.alloc(0);

async function collect(request: IncomingMessage, length: number | undefined): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(bytesOf(chunk) ?? NOTHING);
  return complete(Buffer.concat(chunks), length);
}

function complete(bytes: Buffer, length = 0): Buffer {
  if (bytes.length >= length) return bytes;
  throw wrong(`the request has ${bytes.length} of the ${length} bytes that its Content-Length says: ${REMEDY}`);
}

/** A copy: it may be sent again later. */
function bytesOf(value: unknown): Buffer | undefined {
  if (typeof value === 'string') return Buffer.from(value);
  return types.isUint8Array(value) ? Buffer.from(value) : undefined;
}

/** @throws ConfigurationError when a body parser, or somebody else, has read it */
export function assertUnread(request: IncomingMessage): void {
  if (!request.readableDidRead && !request.readableEnded) return;
  throw wrong(`the body of the request was read before forward could: put forward before body parsers, or ${REMEDY}`);
}

const REMEDY = 'give it by this option, as in { body: (req) => JSON.stringify(req.body) }';

function wrong(message: string): ConfigurationError {
  return new ConfigurationError([{ path: 'body', message }]);
}
