/** The connections of one backend, for undici and for got, with a connect limit measured by us. */

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Agent, buildConnector, type Dispatcher, errors } from 'undici';

/** Connections of one backend; each kind is made when first used. */
export interface Transport {
  /** For token requests and fetch. */
  readonly dispatcher: Dispatcher;
  /** For got. */
  readonly agents: { readonly http: HttpAgent; readonly https: HttpsAgent };
  /** Ends every connection. A dispatcher that was given is left alone. */
  destroy(): Promise<void>;
}

/** Settings of the connections. */
export interface TransportOptions {
  /** Look-up, TCP and TLS: milliseconds, 0 for no limit. */
  readonly connectTimeout: number;
  /** Replaces the undici connections. */
  readonly dispatcher?: Dispatcher | undefined;
}

/** Prepares connections; none is opened before it is needed, and an idle one does not keep the process alive. */
export function createTransport(options: TransportOptions): Transport {
  let own: Agent | undefined;
  let agents: Transport['agents'] | undefined;

  return {
    get dispatcher() {
      if (options.dispatcher) return options.dispatcher;
      own ??= new Agent({
        connect: limitedConnector(options.connectTimeout),
        // undici's own timers are up to a second late; limits are set per call.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      return own;
    },
    get agents() {
      agents ??= { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
      return agents;
    },
    async destroy() {
      agents?.http.destroy();
      agents?.https.destroy();
      await own?.destroy();
    },
  };
}

function limitedConnector(milliseconds: number): buildConnector.connector {
  const connect = buildConnector({ timeout: 0 });
  if (milliseconds === 0) return connect;

  return function connectInTime(options, callback) {
    let over = false;
    const settle = (...result: Parameters<typeof callback>) => {
      if (over) {
        result[1]?.destroy();
        return;
      }
      over = true;
      clearTimeout(timer);
      callback(...result);
    };
    const timer = setTimeout(() => {
      settle(new errors.ConnectTimeoutError(`no connection to ${options.hostname} within ${milliseconds} ms`), null);
      // A look-up or handshake under way has a socket already; undici's connector returns it though its type says nothing of it.
      (socket as { destroy(): void } | undefined)?.destroy();
    }, milliseconds).unref();
    const socket: unknown = connect(options, settle);
  };
}
