import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Backend, bearer, bearerGot, staticToken, TokenRequestError, type TokenSource } from 'oauth2-backend';
import { complaintsOf } from '../sources/real-process.js';
import { type ClientWorld, clients, clientWorld, type Received, rejection } from './client-world.js';

let world: ClientWorld;
let origin: string;
/** The connections on which a 401 was begun. */
let refused: Socket[];
beforeEach(async () => {
  world = await clientWorld();
  refused = [];
  origin = await world.serve((request, response) => {
    if (request.headers.authorization !== 'Bearer token-1') {
      request.resume().once('end', () => response.end('fine'));
      return;
    }
    // What the request still has to say is left unread.
    refused.push(request.socket);
    response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"', 'content-length': 100 });
    response.write('part');
  });
});
afterEach(() => world.close());

describe.each(clients)('$name: a 401 whose connection breaks off while the token is renewed', ({ name, send }) => {
  it('is repeated with the new token', async () => {
    const complaints = await complaintsOf(async () => {
      const backend = await world.acceptedBackend({ origin });
      const { answer, release } = await atRenewal(backend, () => send(backend, 'x'));
      await breakOff();
      release();
      expect(await answer).toMatchObject({ status: 200, body: 'fine' });
    });
    expect(complaints).toEqual([]);
  });

  it('is repeated with the whole body, even when that was not read yet', async () => {
    const body = 'x'.repeat(16 * 1024 * 1024);
    const complaints = await complaintsOf(async () => {
      const backend = await world.acceptedBackend({ origin });
      const { answer, release } = await atRenewal(backend, () => send(backend, 'x', { method: 'POST', body }));
      await breakOff();
      release();
      expect(await answer).toMatchObject({ status: 200, body: 'fine' });
    });
    expect(complaints).toEqual([]);
  });

  it('gives the error of a renewal that fails', async () => {
    const complaints = await complaintsOf(async () => {
      const backend = await world.acceptedBackend({ origin });
      await backend.token();
      world.as.next({ status: 400, body: { error: 'invalid_client' } });
      const { answer, release } = await atRenewal(backend, () => send(backend, 'x'));
      await breakOff();
      release();
      const error = await rejection(answer);
      expect(error).toBeInstanceOf(TokenRequestError);
      expect(error).toMatchObject({ resource: { status: 401 } });
    });
    // The beginning of an outage that no logger is told of, and nothing else.
    expect(complaints).toEqual([
      expect.stringMatching(/^OAuth2BackendWarning: token for "\w+" could not be renewed: /),
    ]);
  });

  it('is an error when no other token comes', async () => {
    const { source, asked, answer: renew } = oneToken();
    const complaints = await complaintsOf(async () => {
      const answer = rejection(send(world.backend({ origin }, { tokens: { api: source } }), 'x'));
      await asked;
      await breakOff();
      renew();
      // fetch and request give the answer; its body is what fails.
      expect(await answer).toMatchObject(name === 'fetch' ? { name: 'TypeError' } : { statusCode: 502 });
    });
    expect(complaints).toEqual([]);
  });

  it('bothers nobody when the caller has left and no other token comes', async () => {
    const controller = new AbortController();
    const { source, asked, answer: renew } = oneToken();
    const complaints = await complaintsOf(async () => {
      const backend = world.backend({ origin }, { tokens: { api: source } });
      const outcome = rejection(send(backend, 'x', { signal: controller.signal }));
      await asked;
      controller.abort('enough');
      expect(await outcome).toBe('enough');
      await breakOff();
      renew();
      await delay(20);
    });
    expect(complaints).toEqual([]);
  });
});

it('got.stream emits what the judging of a 401 fails with', async () => {
  const failure = new Error('not to be judged');
  const source = staticToken('token-1');
  const failing = { ...bearer(source, { origin }), afterRefusal: () => Promise.reject(failure) };
  const complaints = await complaintsOf(async () => {
    const stream = bearerGot(failing).stream('x');
    const error = await once(stream.resume(), 'end').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: failure.message, statusCode: 502 });
  });
  expect(complaints).toEqual([]);
});

/** Starts a call and gives it when its token has been refused and the renewal waits for `release()`. */
async function atRenewal(
  backend: Backend,
  call: () => Promise<Received>,
): Promise<{ answer: Promise<Received>; release: () => void }> {
  await backend.token();
  const release = world.as.hold();
  const answer = call();
  // A rejection is looked at later.
  answer.catch(() => {});
  await world.as.arrived(2);
  return { answer, release };
}

/** Resets the refused connections and gives the client the time to hear of it. */
async function breakOff(): Promise<void> {
  expect(refused).toHaveLength(1);
  for (const socket of refused) {
    socket.resetAndDestroy();
    if (!socket.closed) await once(socket, 'close');
  }
  await delay(20);
}

/** A source that has one token and, asked for another, gives that again when told so. */
function oneToken(): { source: TokenSource; asked: Promise<void>; answer: () => void } {
  const token = { value: 'token-1', type: 'Bearer', issuedAt: 0, expiresAt: Date.now() + 60_000 } as const;
  let answer = () => {};
  let source: TokenSource | undefined;
  const asked = new Promise<void>((resolve) => {
    source = {
      current: () => token,
      token: () =>
        new Promise((give) => {
          answer = () => give(token);
          resolve();
        }),
    };
  });
  return { source: source as unknown as TokenSource, asked, answer: () => answer() };
}
