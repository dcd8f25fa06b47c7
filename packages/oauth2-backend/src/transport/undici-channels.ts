/** undici's diagnostics channels, for requests that do not go through undici: OpenTelemetry's instrumentation listens there. */

import { channel } from 'node:diagnostics_channel';
import type { OutgoingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import { inKeptContext, keepContext, leaveOneTrace, requestCreated } from './trace-headers.js';

/** Tells what becomes of one request, in the shapes of undici's documentation ("Diagnostics Channel Support"). */
export interface RequestChannels {
  /** Tells that the request was made, once, and adds what those who listen add to its headers. */
  onCreate(): void;
  onSendHeaders(socket: Socket): void;
  onBodySent(): void;
  onHeaders(statusCode: number, headers: readonly Buffer[]): void;
  onTrailers(trailers: readonly Buffer[]): void;
  onError(error: Error): void;
}

/** Prepares what is told of a request, in the context of now; `undefined` when nobody listens. @param headers of HTTP/2, changed in place */
export function requestChannels(
  options: Dispatcher.DispatchOptions,
  headers: OutgoingHttpHeaders,
): RequestChannels | undefined {
  if (!Object.values(channels).some(({ hasSubscribers }) => hasSubscribers)) return undefined;
  keepContext(options);
  const { origin, method, path } = options;
  const request = {
    origin,
    method,
    path,
    completed: false,
    aborted: false,
    headers: [] as unknown[],
    addHeader(name: string, value: string) {
      this.headers.push(name, value);
      return this;
    },
  };
  let created = false;

  return {
    onCreate,
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
      onCreate();
      channels.error.publish({ request, error });
      request.aborted = true;
    },
  };

  function onCreate(): void {
    if (created) return;
    created = true;
    const own = fieldsOf(headers);
    request.headers = own.flat();
    inKeptContext(options, () => channels.create.publish({ request }));
    leaveOneTrace(request.headers, headers);
    for (const [name] of own) delete headers[name];
    for (let at = 0; at < request.headers.length; at += 2) {
      headers[String(request.headers[at]).toLowerCase()] = String(request.headers[at + 1]);
    }
  }
}

const channels = {
  create: requestCreated,
  sendHeaders: channel('undici:client:sendHeaders'),
  bodySent: channel('undici:request:bodySent'),
  headers: channel('undici:request:headers'),
  trailers: channel('undici:request:trailers'),
  error: channel('undici:request:error'),
};

function fieldsOf(headers: OutgoingHttpHeaders): [name: string, value: string][] {
  return Object.entries(headers).flatMap(([name, value]) => (name.startsWith(':') ? [] : [[name, String(value)]]));
}
