/** A token endpoint that says nothing of callers whom nobody knows, and a backend whose tokens it gives. */
import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { createBackends, type RequestContext } from 'oauth2-backend';
import { listen } from 'test-servers/listen';

export interface HangingServer {
  readonly origin: string;
  /** The users who were asked for. */
  readonly asked: readonly string[];
  /** Connections of requests that are not answered. */
  waiting(): number;
  close(): Promise<void>;
}

/** Says nothing of strangers; everybody else is served. */
export async function hangingServer(): Promise<HangingServer> {
  const asked: string[] = [];
  const waiting = new Set<ServerResponse>();
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    response.on('close', () => waiting.delete(response));
    void text(request).then((body) => {
      const user = new URLSearchParams(body).get('subject_token') ?? '';
      asked.push(user);
      if (user.startsWith('stranger-')) waiting.add(response);
      else response.end(JSON.stringify({ access_token: `token-of-${user}`, token_type: 'Bearer', expires_in: 3600 }));
    });
  });
  return { asked, waiting: () => waiting.size, ...(await listen(server)) };
}

const never = new AbortController().signal;

/** Users whose name begins with `verified-` are known by a verification. */
export function strangersWorld(tokens: HangingServer, maxIdentities?: number) {
  const oauth2 = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    token_endpoint: `${tokens.origin}/token`,
    backend: { timeout: '10m' },
    client_id: 'a',
    client_secret: 'b',
    subject_token: (context: { inbound: unknown } | undefined) =>
      String(context?.inbound).startsWith('verified-')
        ? { token: String(context?.inbound), payload: {} }
        : String(context?.inbound),
  } as const;
  const made = createBackends(
    { api: { origin: 'http://127.0.0.1:9', oauth2 } },
    {
      newIdentitiesPerSecond: 20_000,
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      ...(maxIdentities && { maxIdentities }),
    },
  );
  return {
    close: () => made.close(),
    counts: () => made.status()[0]?.counts,
    ask(user: string, signal?: AbortSignal): Promise<string> {
      const context = { request: {}, response: {}, signal: never, inbound: user } as unknown as RequestContext;
      const { api } = made.for(context);
      return api.token({ signal }).then(({ value }) => value);
    },
  };
}

export const range = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
