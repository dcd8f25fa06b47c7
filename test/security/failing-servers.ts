/** A token endpoint and an API that fail in the way the path names, and say all they were told while they do. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from 'test-servers/listen';
import { canaries } from './canaries.js';

export interface FailingServers {
  /** Where each failure is to be had. */
  readonly failures: readonly { name: string; origin: string; path_prefix: string; token_endpoint: string }[];
  close(): Promise<void>;
}

/** Everything that came with a request, in its own words. */
type Failure = (response: ServerResponse, heard: string) => void;

const json = (response: ServerResponse, status: number, body: unknown, headers = {}) =>
  void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const issue: Failure = (response) => json(response, 200, { access_token: canaries.token, expires_in: 3600 });
const broken =
  (head: string): Failure =>
  (response, heard) =>
    void response.socket?.end(`${head}${heard}`);

/** Of the token endpoint. The API behind it is well. */
const endpoint: Record<string, Failure> = {
  'as-reset': (response) => void response.socket?.resetAndDestroy(),
  'as-invalid-client': (response, heard) =>
    json(
      response,
      401,
      { error: 'invalid_client', error_description: heard },
      { 'www-authenticate': `Basic x="${encodeURI(heard)}"` },
    ),
  'as-error-names': (response, heard) =>
    json(response, 400, { error: heard, error_uri: `https://as.example/?${encodeURIComponent(heard)}` }),
  'as-base64': (response, heard) =>
    json(response, 400, { error: 'x', error_description: Buffer.from(heard).toString('base64') }),
  'as-path': (response, heard) => json(response, 400, { error: 'x', error_description: heard.split(' ')[0] }),
  'as-html': (response, heard) => void response.writeHead(500).end(`<html>${heard}`),
  'as-title': (response, heard) => void response.writeHead(404).end(`<html><head><title>${heard}</title></head>`),
  'as-nested': (response, heard) =>
    json(response, 401, { error: { code: heard, message: heard }, errors: [heard], message: heard }),
  'as-members': (response, heard) =>
    json(response, 200, Object.fromEntries(heard.split(/[ &=]/).map((key) => [key, 1]))),
  'as-text': (response, heard) => void response.end(heard),
  'as-no-http': broken(''),
  'as-bad-header': broken(`HTTP/1.1 200 OK\r\nbad header ${canaries.token}\r\n\r\n`),
  'as-bad-chunk': broken(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${canaries.token}\r\n`),
  'as-half-a-body': broken(`HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"access_token":"${canaries.token}"`),
  'as-bad-token': (response) => json(response, 200, { access_token: `${canaries.token}\r\n` }),
  'as-bad-type': (response) => json(response, 200, { access_token: canaries.token, token_type: canaries.token }),
  'as-bad-life': (response) => json(response, 200, { access_token: canaries.token, expires_in: canaries.token }),
  'as-redirect': (response, heard) =>
    void response.writeHead(307, { location: `https://elsewhere.example/${encodeURI(heard)}` }).end(),
  'as-rate': (response, heard) => json(response, 429, { heard }, { 'retry-after': '1' }),
  'as-silence': () => undefined,
};

/** Of the API. The token endpoint before it is well. */
const api: Record<string, Failure> = {
  'api-401': (response, heard) =>
    json(
      response,
      401,
      { heard },
      { 'www-authenticate': `Bearer error="invalid_token", error_description="${encodeURI(heard)}"` },
    ),
  'api-403': (response, heard) => json(response, 403, { heard }, { 'x-heard': encodeURI(heard) }),
  'api-500': (response, heard) => void response.writeHead(500).end(heard),
  'api-reset': (response) => void response.socket?.resetAndDestroy(),
  'api-half-a-body': (response) => void response.socket?.end('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{'),
  'api-no-http': broken('SSH-2.0 '),
  'api-bad-header': broken(`HTTP/1.1 200 OK\r\nbad header ${canaries.token}\r\n\r\n`),
  'api-bad-chunk': broken(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${canaries.token}\r\n`),
  'api-no-json': (response) => void response.end('this is no JSON'),
  'api-bad-gzip': (response, heard) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(heard),
  'api-bad-redirect': (response) => void response.writeHead(302, { location: 'http://[' }).end(),
  'api-redirect-loop': (response) => void response.writeHead(302, { location: '?again' }).end(),
  'api-redirect-away': (response) => void response.writeHead(302, { location: 'https://elsewhere.example/' }).end('x'),
  'api-silence': () => undefined,
};

/** Starts them. */
export async function failingServers(): Promise<FailingServers> {
  const refusals = new Map<string, number>();
  const server = createServer((request, response) => void answer(request, response));
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const [, failure = '', kind = ''] = (request.url ?? '').split(/[/?]/);
    const heard = await everythingIn(request);
    if (kind === 'token') {
      // A renewal after a 401 fails: once good, then not.
      const again = failure === 'api-401-then-as-fails' && count(refusals, failure + request.url) > 1;
      const act = endpoint[again ? 'as-invalid-client' : failure] ?? issue;
      act(response, heard);
    } else (api[failure] ?? api['api-401'])?.(response, heard);
  };
  server.on('clientError', (_, socket) => socket.destroy());
  const { origin, close } = await listen(server);
  const nobody = 'http://127.0.0.1:9';
  const at = (name: string, places: { as?: string; api?: string } = {}) => ({
    name,
    origin: places.api ?? origin,
    path_prefix: `/${name}`,
    token_endpoint: `${places.as ?? origin}/${name}/token?key=${canaries.endpoint_query}`,
  });

  return {
    failures: [
      ...[...Object.keys(endpoint), ...Object.keys(api), 'api-401-then-as-fails'].map((name) => at(name)),
      at('as-refused', { as: nobody }),
      at('api-refused', { api: nobody }),
    ],
    close,
  };
}

function count(counts: Map<string, number>, key: string): number {
  const next = (counts.get(key) ?? 0) + 1;
  counts.set(key, next);
  return next;
}

async function everythingIn(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return `${request.url} ${request.rawHeaders.join(' ')} ${Buffer.concat(chunks).toString()}`;
}
