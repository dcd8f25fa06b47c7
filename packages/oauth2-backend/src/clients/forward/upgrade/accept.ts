/** The proof that a server has understood a WebSocket's opening handshake (RFC 6455 §4.1, §4.2.2). */

import { createHash } from 'node:crypto';
import { errors } from 'undici';
import { connectionOptions } from '../hop-by-hop.js';
import { eachHeader, type RawHeaders } from '../returned-headers.js';

/** Whether this can be a `Sec-WebSocket-Key`: 16 bytes in Base64. */
export function isKey(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z\d+/]{22}==$/.test(value);
}

/** The `Sec-WebSocket-Accept` that belongs to a key. */
export function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

/** Why a 101 is no answer to a request with this key; `undefined` when it is. */
export function switchProblem(raw: RawHeaders, key: string): Error | undefined {
  const values = { upgrade: [] as string[], connection: [] as string[], 'sec-websocket-accept': [] as string[] };
  eachHeader(raw, (name, value) => {
    if (Object.hasOwn(values, name)) values[name as keyof typeof values].push(value);
  });
  const { upgrade, connection, 'sec-websocket-accept': accept } = values;
  if (upgrade.join().toLowerCase() !== 'websocket' || !connectionOptions(connection.join()).includes('upgrade')) {
    return new errors.SocketError('the server answered 101 (Switching Protocols), but not to a WebSocket');
  }
  return accept.join() === acceptOf(key)
    ? undefined
    : new errors.SocketError("the server answered 101 without the Sec-WebSocket-Accept of the request's key");
}
