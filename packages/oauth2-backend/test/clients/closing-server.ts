/** Servers that close a connection when it is used again. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';

/** Starts a server and gives its origin. */
type Serve = (listener: RequestListener) => Promise<string>;

interface CountingServer {
  readonly origin: string;
  /** Method, path and body of each request, with a space between. */
  readonly seen: readonly string[];
}

/** A server that gives each request to `answer`, with how many its connection has brought before. */
export async function countingServer(
  serve: Serve,
  answer: (served: number, request: IncomingMessage, response: ServerResponse) => void,
): Promise<CountingServer> {
  const seen: string[] = [];
  const served = new WeakMap<Socket, number>();
  const origin = await serve((request, response) => {
    const before = served.get(request.socket) ?? 0;
    served.set(request.socket, before + 1);
    void text(request).then((body) => {
      seen.push(`${request.method} ${request.url}${body && ` ${body}`}`);
      answer(before, request, response);
    });
  });
  return { origin, seen };
}

/** One that answers with the path, and closes a connection upon its second request. */
export function closingServer(
  serve: Serve,
  close: (socket: Socket) => void = (socket) => void socket.destroy(),
): Promise<CountingServer> {
  return countingServer(serve, (served, request, response) => {
    if (served === 0) response.end(request.url);
    else close(request.socket);
  });
}
