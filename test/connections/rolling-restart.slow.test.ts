/** A backend whose instances are replaced one after the other, as a rolling update does, while requests go on. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import http2, { type Http2ServerRequest, type Http2ServerResponse, type Http2Session } from 'node:http2';
import net, { type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ReconnectMessage } from 'oauth2-backend';
import { certificateAuthority } from 'test-servers/certificates';
import { listen } from 'test-servers/listen';
import { type ClientWorld, clientWorld } from '../../packages/oauth2-backend/test/clients/client-world.js';
import { forwardBy, ordinary } from '../../packages/oauth2-backend/test/clients/senders.js';

const authority = certificateAuthority();
// A key takes longer to make than a restart.
const certified = authority.server('localhost');
/** Milliseconds each way between client and server: what a server closes, its client hears of so much later. */
const LATENCY = 5;
/** For 6 s, 200 requests a second. */
const REQUESTS = 1_200;
const RATE = 200;
/** An instance is replaced when it has answered so many: on a busy machine later. */
const ANSWERS = 40;
/** Patience with a busy machine. */
const PATIENT = { connect_timeout: '30s', timeout: '60s' };

let world: ClientWorld;
let messages: ReconnectMessage[];
const hear = (message: unknown) => void messages.push(message as ReconnectMessage);
const ends: (() => Promise<void>)[] = [];

beforeEach(async () => {
  world = await clientWorld();
  messages = [];
  subscribe('oauth2-backend:reconnect', hear);
});
afterEach(async () => {
  unsubscribe('oauth2-backend:reconnect', hear);
  await world.close();
  for (const end of ends.splice(0)) await end();
});

interface Instance {
  readonly port: number;
  /** Connections that have come so far. */
  readonly connections: () => number;
  /** Requests that it has answered so far. */
  readonly answers: () => number;
  /** Takes no more connections, completes what has begun, and closes what is idle and has served somebody. */
  stop(): void;
  close(): Promise<void>;
}

type Incoming = IncomingMessage | Http2ServerRequest;
type Outgoing = ServerResponse | Http2ServerResponse;

/** An HTTP/1.1 server, or one over TLS for HTTP/2 and HTTP/1.1. It answers each request with its path after 3 ms. */
async function startInstance(secure: boolean): Promise<Instance> {
  const server = secure ? http2.createSecureServer({ ...certified, allowHTTP1: true }) : http.createServer();
  const sockets: Socket[] = [];
  /** By connection of HTTP/1.1 or session: requests that are being answered. */
  const busy = new Map<Socket | Http2Session, number>();
  let answers = 0;
  let stopping = false;

  const end = (connection: Socket | Http2Session) => {
    if (connection instanceof net.Socket) connection.end();
    else connection.close();
  };
  server.on('connection', (socket: Socket) => sockets.push(socket.on('error', () => undefined)));
  server.on('session', (session: Http2Session) => session.on('error', () => undefined));
  server.on('request', (request: Incoming, response: Outgoing) => {
    const session = 'stream' in request ? request.stream.session : undefined;
    const connection = session ?? request.socket;
    busy.set(connection, (busy.get(connection) ?? 0) + 1);
    response.once('close', () => {
      answers += 1;
      busy.set(connection, (busy.get(connection) ?? 0) - 1);
      if (stopping && busy.get(connection) === 0) end(connection);
    });
    setTimeout(() => (response as ServerResponse).end(request.url), 3);
  });
  const { port } = await listen(server);
  return {
    port,
    connections: () => sockets.length,
    answers: () => answers,
    stop() {
      stopping = true;
      // Node's own closes connections too that have not brought their first request yet: no restart is safe with that.
      net.Server.prototype.close.call(server);
      for (const [connection, requests] of busy) {
        // GOAWAY leaves a session the requests that it has.
        if (requests === 0 || !(connection instanceof net.Socket)) end(connection);
      }
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      if (server.listening) net.Server.prototype.close.call(server);
    },
  };
}

/** Passes connections on, each to the instance that is there when it is opened. */
async function startBalancer(first: Instance) {
  let current = first;
  const passed = new Map<Instance, number>();
  const server = net.createServer({ allowHalfOpen: true }, (client) => {
    const upstream = net.connect({ port: current.port, host: '127.0.0.1', allowHalfOpen: true });
    passed.set(current, (passed.get(current) ?? 0) + 1);
    late(client, upstream);
    late(upstream, client);
  });
  const { port, close } = await listen(server);
  return {
    port,
    close,
    /** Sends new connections to another instance; resolves when the one before has all that were meant for it. */
    async turnTo(next: Instance): Promise<void> {
      const before = current;
      current = next;
      while (before.connections() < (passed.get(before) ?? 0)) await delay(5);
    },
  };
}

/** Everything a little later: bytes, end, break. */
function late(from: Socket, to: Socket): void {
  const after = (what: () => void) => void setTimeout(what, LATENCY);
  from.on('data', (chunk) => after(() => to.writable && to.write(chunk)));
  from.on('end', () => after(() => to.end()));
  from.on('error', () => after(() => to.destroy()));
  from.on('close', () => after(() => to.end()));
}

const senders = [...ordinary, forwardBy((listener) => world.serve(listener))];

describe.each(['HTTP/1.1', 'HTTP/2'] as const)('a rolling restart of a backend with %s', (version) => {
  const secure = version === 'HTTP/2';

  it('loses none of 200 GETs a second by got, fetch, request and forward', async () => {
    let current = await startInstance(secure);
    const balancer = await startBalancer(current);
    ends.push(
      () => balancer.close(),
      () => current.close(),
    );
    const scheme = secure ? 'https' : 'http';
    const tls = { server_ca_certificate: authority.ca };
    const origin = `${scheme}://localhost:${balancer.port}`;
    const backends = world.backends({ origin, max_connections: 10, ...PATIENT, ...(secure && { http2: true, tls }) });
    const backend = backends.get('api');
    let over = false;
    let restarts = 0;
    const restarting = (async () => {
      while (!over) {
        await delay(5);
        if (current.answers() < ANSWERS) continue;
        const before = current;
        current = await startInstance(secure);
        ends.push(() => before.close());
        await balancer.turnTo(current);
        before.stop();
        restarts += 1;
      }
    })();

    const sent: Promise<string>[] = [];
    const began = performance.now();
    while (sent.length < REQUESTS) {
      const due = Math.min(REQUESTS, Math.ceil(((performance.now() - began) / 1_000) * RATE));
      while (sent.length < due) {
        const { name, send } = senders[sent.length % senders.length] as (typeof senders)[number];
        const path = `${name}-${sent.length}`;
        sent.push(send(backend, path).then((body) => (body === `/${path}` ? 'well' : `${path} got ${body}`)));
      }
      await delay(5);
    }
    const outcomes = await Promise.allSettled(sent);
    over = true;
    await restarting;

    const wrong = outcomes.flatMap((outcome) => {
      if (outcome.status === 'rejected') return [String(outcome.reason)];
      return outcome.value === 'well' ? [] : [outcome.value];
    });
    expect(wrong).toEqual([]);
    expect(restarts).toBeGreaterThan(2);
    const { reconnects } = backends.status()[0]?.counts ?? {};
    expect(reconnects).toBeGreaterThan(0);
    expect(messages).toEqual(Array.from({ length: reconnects ?? 0 }, () => ({ backend: 'api', method: 'GET' })));
  }, 60_000);
});
