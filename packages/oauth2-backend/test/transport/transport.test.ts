import { hasSubscribers, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type RecordingServer, recordingServer } from 'test-servers/recording-server';
import { Agent, Dispatcher } from 'undici';
import { createTransport } from '../../src/transport/transport.js';
import type { TransportOptions } from '../../src/transport/transport-options.js';

let server: RecordingServer | undefined;
afterEach(() => server?.close());

const get = (origin: string) => ({ origin, path: '/', method: 'GET' }) as const;
const transportTo = (origin: string, changes: Partial<TransportOptions> = {}) =>
  createTransport({
    origin,
    connectTimeout: 10_000,
    lateConnect: () => new Error('too late'),
    hostname: undefined,
    tls: {},
    validateCertificates: true,
    proxy: undefined,
    http2: false,
    maxConnections: 0,
    maxHeaderSize: 65_536,
    reuseConnections: true,
    dispatcher: undefined,
    ...changes,
  });

describe('createTransport(options)', () => {
  it('makes its connections once, when they are first used', async () => {
    server = await recordingServer(() => ({ body: 'hello' }));
    const transport = transportTo(server.origin);
    expect(transport.dispatcher).toBe(transport.dispatcher);
    const { body } = await transport.dispatcher.request(get(server.origin));
    expect(await body.text()).toBe('hello');
    await transport.destroy();
    await expect(transport.dispatcher.request(get(server.origin))).rejects.toMatchObject({ code: 'UND_ERR_DESTROYED' });
  });

  it("sends Node's own requests over one connection, until it is destroyed", async () => {
    server = await recordingServer(() => ({ body: 'hello' }));
    const transport = transportTo(server.origin);
    const ports = new Set<number | undefined>();
    for (const path of ['/a', '/b']) {
      const request = transport.request(server.origin + path, { method: 'POST' }).end('abc');
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      ports.add(response.socket.localPort);
      await once(response.resume(), 'end');
    }
    expect(server.requests.map(({ method, url, body }) => [method, url, body.toString()])).toEqual([
      ['POST', '/a', 'abc'],
      ['POST', '/b', 'abc'],
    ]);
    expect(ports.size).toBe(1);
    const idle = transport.request(server.origin, {}).end();
    const [response] = (await once(idle, 'response')) as [IncomingMessage];
    const { socket } = response;
    await once(response.resume(), 'end');
    await transport.destroy();
    if (!socket.destroyed) await once(socket, 'close');
  });

  it('uses a given dispatcher and leaves it open', async () => {
    server = await recordingServer(() => ({ body: 'hello' }));
    const dispatcher = new Agent();
    const transport = transportTo(server.origin, { dispatcher });
    const opened: string[] = [];
    dispatcher.on('connect', ({ origin }) => opened.push(origin));
    await (await transport.dispatcher.request(get(server.origin))).body.dump();
    expect(opened).toEqual([server.origin]);
    await transport.destroy();
    const { body } = await dispatcher.request(get(server.origin));
    expect(await body.text()).toBe('hello');
    await dispatcher.destroy();
  });

  it('listens to traces no longer than a given dispatcher takes, also one that connects nowhere', () => {
    class Answering extends Dispatcher {
      override dispatch(_: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
        handler.onHeaders?.(204, [], () => {}, 'No Content');
        handler.onComplete?.([]);
        return true;
      }
    }
    const transport = transportTo('http://api.example', { dispatcher: new Answering() });
    const tracer = () => {};
    subscribe('undici:request:create', tracer);
    transport.dispatcher.dispatch(get('http://api.example'), {});
    unsubscribe('undici:request:create', tracer);
    expect(hasSubscribers('undici:request:create')).toBe(false);
  });

  it('destroys what was never used', async () => {
    await expect(transportTo('https://api.example').destroy()).resolves.toBeUndefined();
  });

  it('limits the time to a connection, TLS included, and closes what was begun', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const arrived = once(silent, 'connection');
    const origin = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const transport = transportTo(origin, { connectTimeout: 40 });
    const request = transport.dispatcher.request(get(origin));
    await expect(request).rejects.toMatchObject({
      code: 'UND_ERR_CONNECT_TIMEOUT',
      message: 'no connection to 127.0.0.1 within 40 ms',
    });
    const [socket] = await arrived;
    socket.on('error', () => {});
    socket.resume();
    if (!socket.destroyed) await once(socket, 'close');
    await transport.destroy();
    silent.close();
  });

  it("limits the time to a connection of Node's own requests with the error it was given", async () => {
    const silent = createServer((socket) => void socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const origin = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const late = new Error('too late');
    const transport = transportTo(origin, { connectTimeout: 40, lateConnect: () => late });
    const [error] = await once(transport.request(origin, {}).end(), 'error');
    expect(error).toBe(late);
    await transport.destroy();
    silent.close();
  });
});
