import { EventEmitter, getEventListeners, once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Backend, ClientClosedError, type RequestContext, requestContext } from 'oauth2-backend';
import { type ClientWorld, clients, clientWorld, rejection } from './client-world.js';
import { runModule } from './run-module.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

describe.each(clients)('$name: abort', ({ name, send }) => {
  it('releases a caller that waits for the token at once, with its own reason; the others get theirs', async () => {
    const backend = world.backend();
    const release = world.as.hold();
    const controller = new AbortController();
    const aborted = rejection(send(backend, 'mine', { signal: controller.signal }));
    const others = [send(backend, 'a'), send(backend, 'b')];
    await world.as.arrived(1);

    const reason = new Error('enough');
    controller.abort(reason);
    expect(await aborted).toBe(reason);
    expect(world.as.issued).toHaveLength(1);

    release();
    expect(await Promise.all(others)).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(world.as.requests).toHaveLength(1);
    expect(world.api.requests.map(({ url }) => url).sort()).toEqual(['/a', '/b']);
  });

  it('ends a request that is under way, with its own reason, whatever that is', async () => {
    const backend = world.backend();
    world.api.hold();
    for (const [index, reason] of [new Error('enough'), 'a string', undefined].entries()) {
      const controller = new AbortController();
      const aborted = rejection(send(backend, 'mine', { signal: controller.signal }));
      await world.api.arrived(index + 1);
      controller.abort(reason);
      expect(await aborted).toBe(controller.signal.reason);
    }
  });

  it('before the call sends nothing, neither for a token', async () => {
    const reason = new Error('too late');
    expect(await rejection(send(world.backend(), 'mine', { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(world.as.requests).toHaveLength(0);
    expect(world.api.requests).toHaveLength(0);
  });

  it('while the token is renewed after a 401 releases at once', async () => {
    const backend = world.backend();
    await send(backend, 'warm');
    world.api.revoke('token-1');
    world.as.hold();
    const controller = new AbortController();
    const aborted = rejection(send(backend, 'mine', { signal: controller.signal }));
    await world.as.arrived(2);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await aborted).toBe(reason);
  });

  it('leaves nothing listening after 500 requests on one signal', async () => {
    const backend = world.backend();
    const { signal } = new AbortController();
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 100 }, () => send(backend, 'x', { signal })));
    }
    expect(world.api.requests).toHaveLength(500);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('leaves nothing listening after requests that failed', async () => {
    const { signal } = new AbortController();
    const backend = world.backend();
    world.as.failure = { status: 400 };
    await rejection(send(backend, 'x', { signal }));
    await rejection(send(backend, 'https://elsewhere.example/', { signal }));
    world.as.failure = undefined;
    const other = world.backend();
    world.api.next({ reset: true });
    await rejection(send(other, 'x', { signal }));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it.each([
    ['safe', 'GET', true],
    ['safe', 'HEAD', true],
    ['safe', 'POST', false],
    [true, 'POST', true],
    [false, 'GET', false],
  ] as const)(
    'abort_on_disconnect %s: an inbound client that leaves ends a %s: %s',
    async (abort_on_disconnect, method, ends) => {
      const backends = world.backends({ abort_on_disconnect });
      await backends.ready();
      const release = world.api.hold();
      const { context, leave } = await inbound();
      const sent = send(backends.for(context).api, 'mine', { method });
      const settled = sent.catch((error: unknown) => error);
      await world.api.arrived(1);
      await leave();
      if (!ends) release();
      const outcome = await settled;
      if (ends) expect(outcome).toBeInstanceOf(ClientClosedError);
      else expect(outcome).toMatchObject({ status: 200 });
      if (ends) expect(outcome).toMatchObject({ code: 'ERR_OAUTH2_CLIENT_CLOSED', statusCode: 499, expose: false });
    },
  );

  it('by an inbound client that leaves while the token is awaited keeps the token for the others', async () => {
    const backends = world.backends();
    const release = world.as.hold();
    const { context, leave } = await inbound();
    const mine = rejection(send(backends.for(context).api, 'mine'));
    const other = send(backends.get('api'), 'other');
    await world.as.arrived(1);
    await leave();
    expect(await mine).toBeInstanceOf(ClientClosedError);
    release();
    expect(await other).toMatchObject({ status: 200 });
    expect(world.api.requests.map(({ url }) => url)).toEqual(['/other']);
  });

  it(`joins the caller's signal and the inbound one: ${name}`, async () => {
    const backends = world.backends();
    await backends.ready();
    world.api.hold();
    const { context } = await inbound();
    const controller = new AbortController();
    const mine = rejection(send(backends.for(context).api, 'mine', { signal: controller.signal }));
    await world.api.arrived(1);
    controller.abort(new Error('mine'));
    expect(await mine).toHaveProperty('message', 'mine');
    expect(getEventListeners(context.signal, 'abort')).toHaveLength(0);
  });

  /** An inbound request that is not answered, and the way to end it from the client's side. */
  async function inbound(): Promise<{ context: RequestContext; leave: () => Promise<void> }> {
    const arrivals = new EventEmitter();
    const origin = await world.serve((request, response) => void arrivals.emit('request', request, response));
    const arrival = once(arrivals, 'request') as Promise<[IncomingMessage, ServerResponse]>;
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    const [request, response] = await arrival;
    const context = requestContext(request, response);
    return {
      context,
      async leave() {
        const closed = once(response, 'close');
        socket.destroy();
        await closed;
      },
    };
  }
});

describe('many calls on one signal', () => {
  it('do not make Node warn of listeners', async () => {
    const code = `
      import { createBackends } from 'oauth2-backend';
      const [origin, token_endpoint] = process.argv.slice(1);
      const oauth2 = { grant_type: 'client_credentials', token_endpoint, client_id: 'a', client_secret: 'b' };
      const api = createBackends({ api: { origin, oauth2 } }).get('api');
      const { signal } = new AbortController();
      const calls = (make) => Promise.all(Array.from({ length: 50 }, make));
      await calls(() => api.token({ signal }));
      await calls(() => api.got('x', { signal }));
      await calls(() => api.fetch('x', { signal }).then((response) => response.text()));
      await calls(() => api.got.paginate.all('x', { signal, pagination: { transform: () => [] } }));
      await calls(() => new Promise((resolve, reject) => {
        api.got.stream('x', { signal }).on('error', reject).on('end', resolve).resume();
      }));
    `;
    const { stderr, code: exit } = await runModule(code, world.api.origin, world.as.url);
    expect(stderr).toBe('');
    expect(exit).toBe(0);
  }, 30_000);
});

describe('token({ signal })', () => {
  it('releases at once with the reason', async () => {
    const backend: Backend = world.backend();
    world.as.hold();
    const controller = new AbortController();
    const aborted = rejection(backend.token({ signal: controller.signal }));
    await world.as.arrived(1);
    controller.abort('enough');
    expect(await aborted).toBe('enough');
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });
});
