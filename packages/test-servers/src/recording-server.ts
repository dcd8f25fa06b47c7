/** A real HTTP server on a free loopback port that records what it saw and can be told what to answer next. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { listen } from './listen.js';

/** One request as it arrived. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** The bytes that arrived, also when the sender went away in the middle. */
  readonly body: Buffer;
  /** `true` once the whole answer is written, `false` when the sender went away before. */
  readonly answered: Promise<boolean>;
}

/** What to answer: 200 without headers and body unless said otherwise. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Strings and bytes go out as they are, everything else as JSON. */
  readonly body?: unknown;
  /** Milliseconds to wait before answering. */
  readonly delay?: number;
  /** Close the connection instead of answering. */
  readonly reset?: boolean;
}

export interface RecordingServer {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  /** In the order in which they arrived completely. */
  readonly requests: readonly RecordedRequest[];
  /** One-off answers for the coming requests, first in, first out; after them the usual answer again. */
  next(...answers: readonly Answer[]): void;
  /** Records requests but answers none until the returned function is called. */
  hold(): () => void;
  /** Settles when `count` requests have arrived since the start. */
  arrived(count: number): Promise<void>;
  /** Forgets the recorded requests and the one-off answers. */
  reset(): void;
  /** Ends the server and its connections. */
  close(): Promise<void>;
}

/** Starts a server that answers what `usual` says. */
export async function recordingServer(usual: (request: RecordedRequest) => Answer): Promise<RecordingServer> {
  const requests: RecordedRequest[] = [];
  const queue: Answer[] = [];
  const waiting = new Set<() => void>();
  let gate: Promise<void> | undefined;

  // Not Node's 5 s: a process that stood still would send on a connection that is being closed.
  const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, response) => {
    void read(incoming, response).then(async (request) => {
      requests.push(request);
      for (const check of waiting) check();
      const answer = queue.shift() ?? usual(request);
      await gate;
      if (answer.delay) await unlessGone(response, answer.delay);
      if (answer.reset) incoming.socket.destroy();
      else send(response, answer);
    });
  });
  const { origin, close } = await listen(server);

  return {
    origin,
    requests,
    next: (...answers) => void queue.push(...answers),
    hold() {
      const { promise, resolve } = deferred();
      gate = promise;
      return () => {
        gate = undefined;
        resolve();
      };
    },
    arrived: (count) =>
      new Promise((resolve) => {
        const check = () => {
          if (requests.length < count) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    reset() {
      requests.length = 0;
      queue.length = 0;
    },
    close,
  };
}

async function read(incoming: IncomingMessage, response: ServerResponse): Promise<RecordedRequest> {
  const answered = new Promise<boolean>((resolve) => {
    response.once('close', () => resolve(response.writableFinished));
  });
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch {
    // The sender went away: what has arrived is recorded.
  }
  const { method = '', url = '', headers } = incoming;
  return { method, url, headers, body: Buffer.concat(chunks), answered };
}

/** Lets milliseconds pass, or less when the other side goes away. */
async function unlessGone(response: ServerResponse, milliseconds: number): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  await delay(milliseconds, undefined, { signal: gone.signal }).catch(() => undefined);
}

function send(response: ServerResponse, { status = 200, headers = {}, body }: Answer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    response.end(body);
    return;
  }
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
