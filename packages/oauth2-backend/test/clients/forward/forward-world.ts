/** A client world with an application in front: plain Node, which forwards what it gets. */
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Backend, ForwardOptions } from 'oauth2-backend';
import { type ClientWorld, clientWorld } from '../client-world.js';

/** What the inbound client got. */
export interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly trailers: NodeJS.Dict<string>;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Record<string, string | readonly string[]>;
  readonly body?: string | Uint8Array | readonly string[];
}

export interface ForwardWorld extends ClientWorld {
  /** An application that forwards to this backend; gives its port. Errors become their `statusCode`, and are kept. */
  application(
    backend: Backend,
    options?: ForwardOptions,
    before?: (request: IncomingMessage) => unknown,
  ): Promise<number>;
  readonly errors: unknown[];
}

/** Starts it. */
export async function forwardWorld(): Promise<ForwardWorld> {
  const world = await clientWorld();
  const errors: unknown[] = [];
  const ends: (() => void)[] = [];
  return {
    ...world,
    errors,
    async application(backend, options, before) {
      // Lenient, so that what is refused is refused by us.
      const server = createServer({ insecureHTTPParser: true }, (request, response) => void handle(request, response));
      const handle = async (request: IncomingMessage, response: ServerResponse) => {
        try {
          // Not awaited without need: what somebody listens to flows in the next turn.
          const done = before?.(request);
          if (done instanceof Promise) await done;
          const { status, headers, body, trailers } = await backend.forward(request, options);
          body.once('error', (error) => {
            errors.push(error);
            response.destroy();
          });
          body.once('end', () => response.addTrailers(trailers));
          body.pipe(response.writeHead(status, headers));
        } catch (error) {
          errors.push(error);
          response.writeHead((error as { statusCode?: number }).statusCode ?? 599).end();
        }
      };
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      ends.push(() => {
        server.closeAllConnections();
        server.close();
      });
      return (server.address() as AddressInfo).port;
    },
    async close() {
      for (const end of ends) end();
      await world.close();
    },
  };
}

/** Asks the application; a list of strings is sent chunked. */
export async function ask(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body }: Asking = {},
): Promise<Got> {
  const asked = send({
    host: '127.0.0.1',
    port,
    path,
    method,
    headers: headers as Record<string, string>,
    agent: false,
  });
  if (Array.isArray(body)) {
    for (const chunk of body as string[]) {
      asked.write(chunk);
      await new Promise(setImmediate);
    }
    asked.end();
  } else asked.end(body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const { statusCode: status = 0, headers: given, trailers } = answer;
  return { status, headers: given, body: Buffer.concat(chunks).toString(), trailers };
}

/** Writes text to the application's socket; gives all that comes back until it is closed or says nothing more. */
export async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let got = '';
  let quiet: NodeJS.Timeout | undefined;
  // In turns, since a busy process has to see what has arrived before it is quiet.
  const wait = (turns: number) => {
    quiet = setTimeout(() => (turns > 1 ? wait(turns - 1) : socket.destroy()), 10);
  };
  socket.on('data', (chunk) => {
    got += chunk.toString('latin1');
    clearTimeout(quiet);
    wait(6);
  });
  socket.on('error', () => {});
  socket.write(text, 'latin1');
  await once(socket, 'close');
  clearTimeout(quiet);
  return got;
}
