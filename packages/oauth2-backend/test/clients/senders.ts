/** Everything of a backend that sends requests, behind one call. */
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Backend } from 'oauth2-backend';
import { type ClientWorld, clients, type Sending } from './client-world.js';

export interface Sender {
  readonly name: string;
  /** Gives the body of the answer. @throws what the caller gets; for `forward` an error with the status that its client got */
  send(backend: Backend, path: string, sending?: Sending): Promise<string>;
}

/** got, fetch, request. */
export const ordinary: readonly Sender[] = clients.map(({ name, send }) => ({
  name,
  send: async (backend, path, sending) => (await send(backend, path, sending)).body,
}));

export const stream: Sender = {
  name: 'got.stream',
  send: (backend, path, sending) => text(backend.got.stream(path, sending as object)),
};

export const pages: Sender = {
  name: 'got.paginate',
  async send(backend, path, sending) {
    const pagination = { transform: ({ body }: { body: string }) => [body], paginate: () => false };
    const found: string[] = await backend.got.paginate.all(path, { ...sending, pagination } as never);
    return found.join('');
  },
};

/** An application that forwards, and its client. @param serve starts a server and gives its origin */
export function forwardBy(serve: ClientWorld['serve']): Sender {
  const applications = new WeakMap<Backend, Promise<string>>();

  return {
    name: 'forward',
    async send(backend, path, { method = 'GET', body, headers = {} } = {}) {
      const origin = applications.get(backend) ?? serve(forwarding(backend));
      applications.set(backend, Promise.resolve(origin));
      const chunked = 'transfer-encoding' in headers;
      const given = body === undefined || chunked ? headers : { 'content-length': (body as string).length };
      const request = http.request(`${await origin}/${path}`, { method, headers: given, agent: false }).end(body);
      const [answer] = (await once(request, 'response')) as [IncomingMessage];
      const content = await text(answer);
      if (answer.statusCode !== 200) throw Object.assign(new Error(content), { statusCode: answer.statusCode });
      return content;
    },
  };
}

function forwarding(backend: Backend): http.RequestListener {
  return (request, response) => {
    backend.forward(request).then(
      ({ status, headers, body }) => body.pipe(response.writeHead(status, headers)),
      (error: { statusCode: number; message: string }) => response.writeHead(error.statusCode).end(error.message),
    );
  };
}
