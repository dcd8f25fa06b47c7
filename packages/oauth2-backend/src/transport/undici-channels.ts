/** undici's diagnostics channels, for requests that do not go through undici: OpenTelemetry's instrumentation listens there. */

import { channel } from 'node:diagnostics_channel';
import type { OutgoingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';

/** Tells what becomes of one request, in the shapes of undici's documentation ("Diagnostics Channel Support"). */
export interface RequestChannels {
  onSendHeaders(socket: Socket): void;
  onBodySent(): void;
  onHeaders(statusCode: number, headers: readonly Buffer[]): void;
  onTrailers(trailers: readonly Buffer[]): void;
  onError(error: Error): void;
}

/**
 * Tells that a request was made; `undefined` when nobody listens.
 *
 * @param headers without pseudo-headers in what is told; whoever listens may add some (`traceparent`)
 */
export function requestChannels(
  { origin, method, path }: Dispatcher.DispatchOptions,
  headers: OutgoingHttpHeaders,
): RequestChannels | undefined {
  if (!Object.values(channels).some(({ hasSubscribers }) => hasSubscribers)) return undefined;
  const request = {
    origin,
    method,
    path,
    completed: false,
    aborted: false,
    headers: fieldsOf(headers).flat(),
    addHeader(name: string, value: string) {
      headers[name.toLowerCase()] = value;
      this.headers.push(name, value);
      return this;
    },
  };
  channels.create.publish({ request });

  return {
    onSendHeaders(socket) {
      const text = fieldsOf(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      channels.sendHeaders.publish({ request, headers: text.join(''), socket });
    },
    onBodySent: () => channels.bodySent.publish({ request }),
    onHeaders(statusCode, answered) {
      channels.headers.publish({ request, response: { statusCode, headers: answered, statusText: '' } });
    },
    onTrailers(trailers) {
      request.completed = true;
      channels.trailers.publish({ request, trailers });
    },
    onError(error) {
      channels.error.publish({ request, error });
      request.aborted = true;
    },
  };
}

const channels = {
  create: channel('undici:request:create'),
  sendHeaders: channel('undici:client:sendHeaders'),
  bodySent: channel('undici:request:bodySent'),
  headers: channel('undici:request:headers'),
  trailers: channel('undici:request:trailers'),
  error: channel('undici:request:error'),
};

function fieldsOf(headers: OutgoingHttpHeaders): [name: string, value: string][] {
  return Object.entries(headers).flatMap(([name, value]) => (name.startsWith(':') ? [] : [[name, String(value)]]));
}
