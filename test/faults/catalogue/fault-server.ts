/** A server, plain or over TLS, that shows one fault after another. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { certificateAuthority } from 'test-servers/certificates';
import type { Fault, Wire } from './fault.js';
import { type ReadRequest, readRequests } from './read-requests.js';

export interface FaultServer {
  /** `http://127.0.0.1:port` or `https://…` */
  readonly origin: string;
  /** Connections accepted so far. */
  readonly connections: number;
  /** Requests that were read whole, in their order. */
  readonly requests: readonly ReadRequest[];
  /** Connections that the client has not let go of. */
  readonly open: number;
  /** Those of them that are of no use: an exchange on them has failed or will never end, or this side has ended them. */
  readonly stuck: number;
  /** Shows this from the next connection or request on; `undefined`: it is well. */
  show(fault: Fault | undefined): Promise<void>;
  close(): Promise<void>;
}

/** Certificates that a client of `authority` takes, and three that it must not. */
export interface FaultCertificates extends Record<'good' | NonNullable<Fault['certificate']>, SecureContext> {
  /** What a client has to trust, PEM. */
  readonly authority: string;
}

/** Characters. */
const DROP = 5;

/** Makes them; a second's work. */
export function faultCertificates(): FaultCertificates {
  const authority = certificateAuthority();
  return {
    authority: authority.ca,
    good: createSecureContext(authority.server()),
    expired: createSecureContext(authority.expired()),
    otherName: createSecureContext(authority.server('elsewhere.example')),
    stranger: createSecureContext(certificateAuthority('Another CA').server()),
  };
}

/**
 * Starts one on a free loopback port.
 *
 * @param options.answer the body of a good answer, JSON
 * @param options.certificates makes it a server over TLS
 * @param options.now the clock of the test, default the machine's
 */
export async function faultServer(options: {
  answer: (request: ReadRequest) => string;
  certificates?: FaultCertificates | undefined;
  now?: () => number;
}): Promise<FaultServer> {
  const { answer, certificates, now = Date.now } = options;
  const connections = new Map<Socket, { stuck: boolean }>();
  const requests: ReadRequest[] = [];
  let accepted = 0;
  let fault: Fault | undefined;

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    accepted += 1;
    const state = { stuck: false };
    connections.set(socket, state);
    socket.on('error', ignore).on('close', () => connections.delete(socket));
    // The client has let go.
    socket.on('end', () => setImmediate(() => socket.destroy()));
    if (fault?.connection) {
      state.stuck = true;
      fault.connection(socket);
      return;
    }
    const stream = certificates ? secured(socket, certificates[fault?.certificate ?? 'good']) : socket;
    readRequests(stream, (request) => {
      requests.push(request);
      const body = answer(request);
      const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
      if (!fault?.request) return void stream.write(head + body);
      state.stuck = typeof fault.outcome !== 'number';
      fault.request(wireOn(stream, socket, { head, body, now: now() }));
    });
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const stop = async () => {
    if (!server.listening) return;
    server.close();
    for (const socket of connections.keys()) socket.destroy();
    await once(server, 'close');
  };
  const port = await listen(0);

  return {
    origin: `${certificates ? 'https' : 'http'}://127.0.0.1:${port}`,
    get connections() {
      return accepted;
    },
    requests,
    get open() {
      return connections.size;
    },
    get stuck() {
      return [...connections].filter(([socket, { stuck }]) => stuck || socket.writableEnded).length;
    },
    async show(next) {
      fault = next;
      if (next?.closed) await stop();
      else if (!server.listening) await listen(port);
    },
    close: stop,
  };
}

function secured(socket: Socket, secureContext: SecureContext): Duplex {
  const stream = new TLSSocket(socket, { isServer: true, secureContext });
  return stream.on('error', ignore).on('end', () => setImmediate(() => socket.destroy()));
}

function wireOn(stream: Duplex, socket: Socket, said: Pick<Wire, 'head' | 'body' | 'now'>): Wire {
  return {
    ...said,
    write: (text) => void stream.write(text, 'latin1'),
    drip(text, milliseconds) {
      let sent = 0;
      const timer = setInterval(() => {
        if (sent >= text.length || stream.destroyed) clearInterval(timer);
        else stream.write(text.slice(sent, sent + DROP), 'latin1');
        sent += DROP;
      }, milliseconds).unref();
      socket.once('close', () => clearInterval(timer));
    },
    halfClose: () => void stream.end(),
    close: () => void stream.end(() => socket.destroySoon()),
    reset: () => void stream.write('', () => socket.resetAndDestroy()),
  };
}

function ignore(): void {}
