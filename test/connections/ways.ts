/** Every way in which a request leaves through a backend's connections, behind one call. */
import {
  type Backend,
  type BackendDefinition,
  type BackendsOptions,
  createBackends,
  staticToken,
} from 'oauth2-backend';

/** One way, open. */
interface Opened {
  /** Makes one request; rejects as the caller would see it. */
  send(): Promise<unknown>;
}

export interface Way {
  readonly name: 'got' | 'got.stream' | 'fetch' | 'request' | 'token request';
  /** What a request that failed for want of time is rejected with. */
  readonly timeout: 'TimeoutError' | 'TokenTimeoutError' | 'ConnectTimeoutError';
  /** @param path where its requests go, below the backend */
  open(connection: BackendDefinition, path?: string): Opened;
}

/** The token of every resource request. */
export const RESOURCE_TOKEN = 'token-of-the-resource';
/** The secret of every token request. */
export const CLIENT_SECRET = 'secret-of-the-client';

function resource(name: Way['name'], request: (backend: Backend, path: string) => Promise<unknown>): Way {
  return {
    name,
    timeout: name === 'request' ? 'ConnectTimeoutError' : 'TimeoutError',
    open(connection, path = 'things') {
      const oauth2 = connection.basic_auth === undefined ? { oauth2: staticToken(RESOURCE_TOKEN) } : {};
      const backends = createBackends({ api: { ...oauth2, ...connection } }, quiet);
      opened.add(backends);
      return { send: () => request(backends.get('api'), path) };
    },
  };
}

/** The token backend serves as many clients as there are requests: one client asks once at a time. */
const CLIENTS = 12;

const tokenRequest: Way = {
  name: 'token request',
  timeout: 'TokenTimeoutError',
  open(connection, path = 'things') {
    const client = (number: number): BackendDefinition => ({
      origin: 'http://127.0.0.1:9',
      oauth2: {
        grant_type: 'client_credentials',
        token_endpoint: `/${path}`,
        token_endpoint_auth_method: 'client_secret_post',
        client_id: `client-${number}`,
        client_secret: CLIENT_SECRET,
        allow_http: true,
        backend: 'as',
      },
    });
    const clients = Array.from({ length: CLIENTS }, (_, number) => [`client-${number}`, client(number)] as const);
    const definitions: Record<string, BackendDefinition> = { as: connection, ...Object.fromEntries(clients) };
    const backends = createBackends(definitions, quiet);
    opened.add(backends);
    let next = 0;
    return { send: () => backends.get(`client-${next++ % CLIENTS}`).token() };
  },
};

/** For `describe.each`. */
export const ways: readonly Way[] = [
  resource('got', async (backend, path) => (await backend.got(path)).body),
  resource('got.stream', async (backend, path) => (await backend.got.stream(path).toArray()).join('')),
  resource('fetch', async (backend, path) => (await backend.fetch(path)).text()),
  resource('request', async (backend, path) => (await backend.request(path)).body.text()),
  tokenRequest,
];

const none = () => undefined;
const quiet: BackendsOptions = { logger: { debug: none, info: none, warn: none, error: none } };
const opened = new Set<{ close(options: { timeout: number }): Promise<void> }>();

/** Closes every way that was opened. */
export async function closeWays(): Promise<void> {
  await Promise.all([...opened].map((backends) => backends.close({ timeout: 0 })));
  opened.clear();
}

/** What a promise is rejected with, and after how many milliseconds. */
export async function rejectionOf(promise: Promise<unknown>): Promise<{ error: Failure; time: number }> {
  const start = performance.now();
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason as Failure,
  );
  if (!error) throw new Error('it was not rejected');
  return { error, time: performance.now() - start };
}

export type Failure = Error & Record<string, unknown>;
