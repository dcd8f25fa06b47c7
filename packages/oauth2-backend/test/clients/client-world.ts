/** A token server, a resource server and backends between them, and the clients behind one call. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Backend,
  type BackendDefinition,
  type Backends,
  type BackendsOptions,
  createBackends,
  type OAuth2Definition,
  type RequestOptions,
} from 'oauth2-backend';
import { type ApiServer, apiServer } from 'test-servers/api-server';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { accepted } from '../sources/accepted.js';

/** What a test changes of the backend's definition. */
type Changes = Partial<Omit<BackendDefinition, 'oauth2'>> & { oauth2?: Partial<OAuth2Definition> | false };

export interface ClientWorld {
  readonly as: TokenServer;
  readonly api: ApiServer;
  /** Backends with one member, `api`. */
  backends(changes?: Changes, options?: BackendsOptions): Backends<{ api: BackendDefinition }>;
  /** That member. */
  backend(changes?: Changes, options?: BackendsOptions): Backend;
  /** The same with a token that the API has accepted already: a refusal of it is no matter of its youth. */
  acceptedBackend(changes?: Changes, options?: BackendsOptions): Promise<Backend>;
  /** One more server on a free loopback port; gives its origin. */
  serve(listener: RequestListener): Promise<string>;
  close(): Promise<void>;
}

/** Starts it. */
export async function clientWorld(): Promise<ClientWorld> {
  const as = await tokenServer();
  const api = await apiServer();
  const ends: (() => Promise<unknown>)[] = [];
  const world: ClientWorld = {
    as,
    api,
    backends({ oauth2, ...changes } = {}, options = {}) {
      const block: OAuth2Definition = {
        grant_type: 'client_credentials',
        token_endpoint: as.url,
        client_id: 'shop',
        client_secret: 'the-secret',
        ...oauth2,
      };
      const definition = { origin: api.origin, ...changes, ...(oauth2 !== false && { oauth2: block }) };
      const made = createBackends({ api: definition }, options);
      ends.push(() => made.close({ timeout: 0 }));
      return made;
    },
    backend: (changes, options) => world.backends(changes, options).get('api'),
    async acceptedBackend(changes, options) {
      const backend = world.backend(changes, options);
      await accepted(backend.token());
      return backend;
    },
    async serve(listener) {
      const server = createServer(listener);
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
      });
      ends.push(async () => {
        server.closeAllConnections();
        server.close();
      });
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    async close() {
      await Promise.all(ends.map((end) => end()));
      await Promise.all([as.close(), api.close()]);
    },
  };
  return world;
}

/** What all clients understand. */
export interface Sending {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** What came back, alike for all. */
export interface Received {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

export interface Client {
  readonly name: 'got' | 'fetch' | 'request';
  /** Whether it follows a redirect below the backend. */
  readonly follows: boolean;
  send(backend: Backend, input: string | URL, sending?: Sending): Promise<Received>;
}

/** For `describe.each`. 4xx and 5xx are answers in all. */
export const clients: readonly Client[] = [
  {
    name: 'got',
    follows: true,
    async send(backend, input, sending = {}) {
      const { statusCode, headers, body } = await backend.got(input, { ...sending, throwHttpErrors: false } as object);
      const header = (name: string) => {
        const value = headers[name];
        return Array.isArray(value) ? value.join(', ') : value;
      };
      return { status: statusCode, header, body };
    },
  },
  {
    name: 'fetch',
    follows: true,
    async send(backend, input, sending = {}) {
      const response = await backend.fetch(input, sending as RequestInit);
      const header = (name: string) => response.headers.get(name) ?? undefined;
      return { status: response.status, header, body: await response.text() };
    },
  },
  {
    name: 'request',
    follows: false,
    async send(backend, input, sending = {}) {
      const { statusCode, headers, body } = await backend.request(input, sending as RequestOptions);
      const header = (name: string) => {
        const value = headers[name];
        return Array.isArray(value) ? value.join(', ') : value;
      };
      return { status: statusCode, header, body: await body.text() };
    },
  },
];

/** A clock that a test moves. */
export function manualClock(): { now(): number; monotonic(): number; advance(milliseconds: number): void } {
  let time = 1_000_000;
  return {
    now: () => time,
    monotonic: () => time,
    advance(milliseconds) {
      time += milliseconds;
    },
  };
}

/** What a promise is rejected with. */
export async function rejection(promise: PromiseLike<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error('it was not rejected');
}
