import { getMaxListeners, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse, request as send } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ClientClosedError } from '../../src/errors.js';
import { requestContext } from '../../src/outbound/request-context.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

describe('requestContext(request, response, inbound)', () => {
  it('holds what it was given', async () => {
    await serve((request, response) => {
      const inbound = {};
      const context = requestContext(request, response, inbound);
      response.end(String(context.request === request && context.response === response && context.inbound === inbound));
    });
    expect(await get()).toBe('true');
  });

  it('takes the request as inbound when there is no other', async () => {
    await serve((request, response) => response.end(String(requestContext(request, response).inbound === request)));
    expect(await get()).toBe('true');
  });
});

describe('requestContext(…).signal', () => {
  it('costs no listener until it is read, then one, however many contexts there are', async () => {
    await serve((request, response) => {
      const counts = [response.listenerCount('close')];
      const contexts = [requestContext(request, response), requestContext(request, response)];
      counts.push(response.listenerCount('close'));
      for (const context of [...contexts, ...contexts]) void context.signal;
      counts.push(response.listenerCount('close'));
      response.end(counts.map((count) => count - (counts[0] ?? 0)).join());
    });
    expect(await get()).toBe('0,0,1');
  });

  it('is one for all contexts of a request, and another for another request', async () => {
    const signals: AbortSignal[] = [];
    await serve((request, response) => {
      signals.push(requestContext(request, response).signal, requestContext(request, response, {}).signal);
      response.end();
    });
    await get();
    await get();
    expect(signals[0]).toBe(signals[1]);
    expect(signals[2]).toBe(signals[3]);
    expect(signals[0]).not.toBe(signals[2]);
  });

  it('has no limit of listeners', async () => {
    await serve((request, response) => response.end(String(getMaxListeners(requestContext(request, response).signal))));
    expect(await get()).toBe('Infinity');
  });

  it('fires with a ClientClosedError when the client goes away before the answer is complete', async () => {
    const signal = new Promise<AbortSignal>((resolve) => {
      void serve((request, response) => {
        response.write('the first half');
        const { signal } = requestContext(request, response);
        signal.addEventListener('abort', () => resolve(signal));
      }).then(abandon);
    });
    expect((await signal).reason).toBeInstanceOf(ClientClosedError);
  });

  it('has fired already when it is first read after the client went away', async () => {
    const signal = new Promise<AbortSignal>((resolve) => {
      void serve((request, response) => {
        response.write('the first half');
        response.once('close', () => resolve(requestContext(request, response).signal));
      }).then(abandon);
    });
    expect((await signal).reason).toBeInstanceOf(ClientClosedError);
  });

  it('does not fire when the answer is complete, though the response closes then too', async () => {
    const { promise: closed, resolve } = withResolvers<AbortSignal[]>();
    await serve((request, response) => {
      const before = requestContext(request, response).signal;
      response.once('close', () => resolve([before, requestContext(request, response).signal]));
      response.end('done');
    });
    expect(await get()).toBe('done');
    expect((await closed).map(({ aborted }) => aborted)).toEqual([false, false]);
  });

  it('does not fire when it is first read after a complete answer', async () => {
    const { promise: closed, resolve } = withResolvers<AbortSignal>();
    await serve((request, response) => {
      response.once('close', () => resolve(requestContext(request, response).signal));
      response.end('done');
    });
    await get();
    expect((await closed).aborted).toBe(false);
  });

  it('fires only for the request that was running when a kept connection broke', async () => {
    const signals: AbortSignal[] = [];
    const { promise: broken, resolve } = withResolvers<void>();
    await serve((request, response) => {
      const { signal } = requestContext(request, response);
      signals.push(signal);
      if (request.url === '/first') response.end('done');
      else signal.addEventListener('abort', () => resolve());
    });
    const socket = connect(port(), '127.0.0.1');
    socket.write('GET /first HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(socket, 'data');
    socket.write('GET /second HTTP/1.1\r\nhost: x\r\n\r\n');
    while (signals.length < 2) await new Promise(setImmediate);
    socket.destroy();
    await broken;
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
  });

  it('fires for all that were waiting for their turn on the connection, without a warning', async () => {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const signals: AbortSignal[] = [];
    const { promise: broken, resolve } = withResolvers<void>();
    await serve((request, response) => {
      const { signal } = requestContext(request, response);
      signals.push(signal);
      signal.addEventListener('abort', () => signals.every(({ aborted }) => aborted) && resolve());
    });
    const socket = connect(port(), '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(12));
    while (signals.length < 12) await new Promise(setImmediate);
    socket.destroy();
    await broken;
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });

  it('does not fire for one that waited and has been answered', async () => {
    const signals: AbortSignal[] = [];
    const answers: (() => void)[] = [];
    await serve((request, response) => {
      signals.push(requestContext(request, response).signal);
      answers.push(() => response.end('done'));
    });
    const socket = connect(port(), '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(2));
    while (signals.length < 2) await new Promise(setImmediate);
    for (const answer of answers.reverse()) answer();
    for (let got = ''; !/done[\s\S]*done/.test(got); ) got += String((await once(socket, 'data'))[0]);
    socket.destroy();
    while (server.listening && (await connections()) > 0) await new Promise(setImmediate);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
  });
});

async function serve(handler: Handler): Promise<void> {
  server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
}

const connections = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));

const port = () => (server.address() as AddressInfo).port;

const get = async () => (await fetch(`http://127.0.0.1:${port()}/`)).text();

/** Asks and goes away when the first half of the answer is there. */
async function abandon(): Promise<void> {
  const client = send({ port: port(), host: '127.0.0.1' }).end();
  const [answer] = (await once(client, 'response')) as [IncomingMessage];
  answer.once('error', () => undefined);
  await once(answer, 'data');
  client.destroy();
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
