/** What a request fails with that goes over HTTP/1.1 alone, to a server that speaks HTTP/2 alone. */

import { type Dispatcher, errors } from 'undici';

/** The handler, which is told of HTTP/2 and the method where the server refuses HTTP/1.1 (RFC 7301 §3.2). */
export function namingHttp2(handler: Dispatcher.DispatchHandler, method: string): Dispatcher.DispatchHandler {
  const onError = (error: Error & { code?: unknown }) => {
    const message = `the server speaks HTTP/2 alone, and this ${method} goes over HTTP/1.1 alone`;
    const refused = error.code === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL';
    handler.onError?.(refused ? Object.assign(new errors.SocketError(message), { cause: error }) : error);
  };
  return new Proxy(handler, {
    get(target, key) {
      if (key === 'onError') return onError;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
}
