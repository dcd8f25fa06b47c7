/** Whether a request's body is still there to be streamed. */

import type { IncomingMessage } from 'node:http';
import { ConfigurationError } from '../../errors.js';

/** @throws ConfigurationError when a body parser, or somebody else, has read it */
export function assertUnread(request: IncomingMessage): void {
  if (!request.readableDidRead && !request.readableEnded) return;
  const message = 'the body of the request was read before forward could: put forward before body parsers';
  throw new ConfigurationError([{ path: '', message }]);
}
