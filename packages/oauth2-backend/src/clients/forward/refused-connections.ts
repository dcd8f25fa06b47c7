/** Inbound connections on which a request could not be told from the next: what follows there may be anybody's text. */

import type { IncomingMessage } from 'node:http';
import type { Refused } from './refused.js';

/** Remembers the connection of a request whose refusal closes it. */
export function rememberRefusal(request: IncomingMessage, { headers }: Refused): void {
  if (headers?.['connection'] === 'close') connections.add(request.socket);
}

/** The refusal of what follows on such a connection: Node has parsed it already, and hands it out all the same. */
export function earlierRefusal(request: IncomingMessage): Refused | undefined {
  return connections.has(request.socket) ? { status: 400, headers: { connection: 'close' } } : undefined;
}

const connections = new WeakSet<object>();
