import { EventEmitter, once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TokenRequestError } from 'oauth2-backend';
import { type ClientWorld, clients, clientWorld, rejection } from './client-world.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

describe('close({ timeout })', () => {
  it("ends a running call of got whatever the caller's retry says, and nothing more is sent", async () => {
    const backends = world.backends();
    world.api.hold();
    const calculateDelay = jest.fn(() => 1);
    const running = rejection(backends.get('api').got('x', { retry: { limit: 3, calculateDelay } }));
    await world.api.arrived(1);
    await backends.close({ timeout: 20 });
    expect(await running).toMatchObject({ code: 'ERR_OAUTH2_CLOSED', statusCode: 500 });
    expect(calculateDelay).not.toHaveBeenCalled();
    expect(world.api.requests).toHaveLength(1);
  });
});

describe('a signal that is none', () => {
  const wrong: unknown[] = ['soon', 1, {}, new EventEmitter()];

  it.each(clients)('is refused and leaves nothing for close() to wait for: $name', async ({ name, send }) => {
    const backends = world.backends();
    const emitters = name === 'request';
    for (const signal of wrong.filter((each) => !(emitters && each instanceof EventEmitter))) {
      const error = await rejection(send(backends.get('api'), 'x', { signal: signal as AbortSignal }));
      const message = `signal must be an AbortSignal${emitters ? ' or an EventEmitter' : ''}`;
      expect(error).toMatchObject({ name: 'TypeError', message });
    }
    expect(world.as.requests).toHaveLength(0);
    // Waiting would take longer than the test may.
    await backends.close({ timeout: 60_000 });
  });

  it('is refused by got.stream and token() too', async () => {
    const backends = world.backends();
    const { got, token } = backends.get('api');
    for (const given of wrong) {
      const signal = given as AbortSignal;
      expect(await rejection(token({ signal }))).toMatchObject({ message: 'signal must be an AbortSignal' });
      const error = await once(got.stream('x', { signal }).resume(), 'end').catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ message: 'signal must be an AbortSignal' });
    }
    await backends.close({ timeout: 60_000 });
  });
});

describe('fetch closes the connection of an answer that nobody will read', () => {
  it.each([
    ['a 401 after which the renewal fails', 401, {}],
    ["a redirect with redirect: 'error'", 302, { redirect: 'error' }],
    ['a redirect that leads to no URL', 303, {}],
  ] as const)('%s', async (_, status, init) => {
    const sockets: Socket[] = [];
    const origin = await world.serve((request, response) => {
      sockets.push(request.socket);
      response.writeHead(status, status === 401 ? {} : { location: status === 303 ? 'http://[' : '/y' });
      response.write('part');
    });
    const backend = await world.acceptedBackend({ origin });
    await backend.token();
    world.as.failure = { status: 400, body: { error: 'invalid_client' } };
    const error = await rejection(backend.fetch('x', init));
    expect(error).toBeInstanceOf(status === 401 ? TokenRequestError : TypeError);
    const [socket] = sockets;
    if (socket && !socket.closed) await once(socket, 'close');
    expect(sockets).toHaveLength(1);
  });
});
