import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Backend } from 'oauth2-backend';
import { type ClientWorld, clients, clientWorld, rejection } from './client-world.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

/** A body that has begun and never ends, and when its source is closed. */
interface Source {
  readonly body: unknown;
  readonly closed: Promise<unknown>;
}

function openReadable(): { body: Readable; closed: Promise<unknown> } {
  const body = new Readable({ read() {} });
  const { promise, resolve } = deferred();
  body.push('begun');
  body.once('close', resolve);
  return { body, closed: promise };
}

const sources: Readonly<Record<string, () => Source>> = {
  'a Readable': openReadable,
  'a web stream': () => {
    const { promise, resolve } = deferred();
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('begun')),
      cancel: resolve,
    });
    return { body, closed: promise };
  },
  'an async generator': () => {
    const { promise, resolve } = deferred();
    async function* generate() {
      try {
        for (;;) {
          yield Buffer.from('begun');
          await sleep(5);
        }
      } finally {
        resolve(undefined);
      }
    }
    return { body: generate(), closed: promise };
  },
};

function deferred(): { promise: Promise<unknown>; resolve: (value: unknown) => void } {
  let resolve: (value: unknown) => void = () => {};
  const promise = new Promise((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const cases = clients.flatMap(({ name, send }) =>
  Object.entries(sources)
    // got takes no web streams.
    .filter(([kind]) => name !== 'got' || kind !== 'a web stream')
    .map(([kind, make]) => ({ name, kind, send, make })),
);
/** A generator that nobody has begun has nothing to close. */
const begun = cases.filter(({ kind }) => kind !== 'an async generator');

describe.each(cases)('$name: $kind that is being sent', ({ send, make }) => {
  const sending = async (backend: Backend, signal?: AbortSignal) => {
    const { body, closed } = make();
    const options = { method: 'POST', headers: { 'content-type': 'text/plain' }, body, ...(signal && { signal }) };
    return { failed: rejection(send(backend, 'x', options)), closed };
  };

  it('is closed when the signal fires', async () => {
    const controller = new AbortController();
    const arrived = deferred();
    const origin = await world.serve((request) => void request.once('data', arrived.resolve));
    const { failed, closed } = await sending(world.backend({ origin }), controller.signal);
    await arrived.promise;
    controller.abort(new Error('enough'));
    expect(await failed).toMatchObject({ message: 'enough' });
    await closed;
  });

  it('is closed when its time is over', async () => {
    const origin = await world.serve((request) => void request.resume());
    const { failed, closed } = await sending(world.backend({ origin, timeout: '100ms' }));
    expect(await failed).toMatchObject({ statusCode: 504 });
    await closed;
  });

  it('is closed when the API closes the connection', async () => {
    const origin = await world.serve((request) => void request.once('data', () => request.socket.destroy()));
    const { failed, closed } = await sending(world.backend({ origin }));
    expect(await failed).toMatchObject({ statusCode: 502 });
    await closed;
  });
});

describe.each(begun)('$name: $kind that is not sent', ({ send, make }) => {
  it('is closed when the signal fires while the token is awaited', async () => {
    const controller = new AbortController();
    const release = world.as.hold();
    const { body, closed } = make();
    const failed = rejection(send(world.backend(), 'x', { method: 'POST', body, signal: controller.signal }));
    await world.as.arrived(1);
    controller.abort(new Error('enough'));
    expect(await failed).toMatchObject({ message: 'enough' });
    await closed;
    release();
  });

  it('is closed when there is no token', async () => {
    world.as.next({ status: 400, body: { error: 'invalid_scope' } });
    const { body, closed } = make();
    expect(await rejection(send(world.backend(), 'x', { method: 'POST', body }))).toMatchObject({ statusCode: 502 });
    await closed;
  });

  it('is closed when the call is refused', async () => {
    const { body, closed } = make();
    const failed = rejection(send(world.backend(), 'https://elsewhere.example/', { method: 'POST', body }));
    expect(await failed).toMatchObject({ code: 'ERR_OAUTH2_ORIGIN' });
    await closed;
  });
});

describe('got.stream(input, { body })', () => {
  it.each(['while the token is awaited', 'while it is sent'])(
    'closes the body when it is destroyed %s',
    async (when) => {
      const arrived = deferred();
      const origin = await world.serve((request) => void request.once('data', arrived.resolve));
      const release = when === 'while it is sent' ? () => undefined : world.as.hold();
      const { body, closed } = openReadable();
      const stream = world
        .backend({ origin })
        .got.stream.post('x', { body })
        .on('error', () => {});
      await (when === 'while it is sent' ? arrived.promise : world.as.arrived(1));
      stream.destroy();
      await closed;
      release();
    },
  );

  it('closes the body when the call is refused', async () => {
    const { body, closed } = openReadable();
    const stream = world.backend().got.stream.post('https://elsewhere.example/', { body });
    expect((await once(stream, 'error'))[0]).toMatchObject({ code: 'ERR_OAUTH2_ORIGIN' });
    await closed;
  });
});

describe.each(clients.filter(({ name }) => name !== 'fetch'))('$name: an inbound request as the body', ({ send }) => {
  it('can still be answered when there is no token', async () => {
    world.as.next({ status: 400, body: { error: 'invalid_scope' } });
    const backend = world.backend();
    const server = createServer((request, response) => {
      send(backend, 'x', { method: 'POST', body: request }).catch(({ statusCode }) =>
        response.writeHead(statusCode).end(),
      );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      expect((await fetch(url, { method: 'POST', body: 'x'.repeat(200_000) })).status).toBe(502);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
