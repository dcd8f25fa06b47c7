import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TimeoutError } from 'got';
import { type Backend, TokenTimeoutError } from 'oauth2-backend';
import { errors } from 'undici';
import { type ClientWorld, clients, clientWorld, rejection } from './client-world.js';

/** On a busy machine a timer may be late; one that is wrong is late each time. */
jest.retryTimes(2);

let world: ClientWorld;
const ends: (() => unknown)[] = [];
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(async () => {
  await world.close();
  for (const end of ends.splice(0)) end();
});

describe.each(clients)('$name: the limit', ({ name, send }) => {
  it('connect_timeout ends a TLS handshake that never comes', async () => {
    const backend = warm({ origin: await silentServer(), connect_timeout: '200ms' });
    await expectTimeout(backend, 'connect_timeout', 200);
  });

  it('connect_timeout ends a connection that is never accepted', async () => {
    const backend = warm({ origin: await blackhole(), connect_timeout: '200ms' });
    await expectTimeout(backend, 'connect_timeout', 200);
  });

  it('ttfb_timeout ends the wait for headers, and a repeat has one of its own', async () => {
    const backend = warm({ ttfb_timeout: '200ms' });
    world.api.hold();
    await expectTimeout(backend, 'ttfb_timeout', 200);
  });

  it('ttfb_timeout ends with the headers: the body may take its time', async () => {
    const origin = await world.serve((_, response) => {
      response.write('a');
      setTimeout(() => response.end('b'), 250);
    });
    expect((await send(warm({ origin, ttfb_timeout: '100ms' }), 'x')).body).toBe('ab');
  });

  it('ttfb_timeout starts when the request is written: the upload may take its time', async () => {
    async function* slowly() {
      for (const part of ['a', 'b', 'c']) {
        await new Promise((resolve) => {
          setTimeout(resolve, 100);
        });
        yield Buffer.from(part);
      }
    }
    const answer = await send(warm({ ttfb_timeout: '150ms' }), 'echo', { method: 'POST', body: slowly() });
    expect(answer.body).toBe('abc');
  });

  it('timeout covers the body', async () => {
    const origin = await world.serve((_, response) => void response.write('a'));
    await expectTimeout(warm({ origin, timeout: '200ms' }), 'timeout', 200);
  });

  it('timeout covers the wait for the token: a TokenTimeoutError', async () => {
    world.as.hold();
    const start = performance.now();
    const error = await rejection(send(world.backend({ timeout: '200ms' }), 'x'));
    expectInTime(start, 200);
    expect(error).toBeInstanceOf(TokenTimeoutError);
    expect(error).toMatchObject({ code: 'ERR_OAUTH2_TOKEN_TIMEOUT', statusCode: 504, expose: false });
    expect(world.api.requests).toHaveLength(0);
  });

  it('timeout covers the wait for the token after a 401', async () => {
    const backend = world.backend({ timeout: '300ms' });
    await send(backend, 'warm');
    world.api.revoke('token-1');
    world.as.hold();
    const start = performance.now();
    expect(await rejection(send(backend, 'x'))).toBeInstanceOf(TokenTimeoutError);
    expectInTime(start, 300);
  });

  it('timeout covers the repeats', async () => {
    const origin = await world.serve((_, response) => {
      setTimeout(() => response.writeHead(401).end(), 120);
    });
    const backend = await world.acceptedBackend({ origin, timeout: '200ms', oauth2: { retries: 3 } });
    await backend.token();
    await expectTimeout(backend, 'timeout', 200);
  });

  it('"0s" is no limit', async () => {
    const backend = warm({ connect_timeout: '0s', ttfb_timeout: '0s', timeout: '0s' });
    world.api.next({ delay: 50, body: 'late' });
    expect((await send(backend, 'x')).body).toBe('late');
  });

  it("of a token renewal is the token backend's timeout", async () => {
    world.as.hold();
    const start = performance.now();
    const error = await rejection(send(world.backend({ oauth2: { backend: { timeout: '200ms' } } }), 'x'));
    expectInTime(start, 200);
    expect(error).toBeInstanceOf(TokenTimeoutError);
  });

  it('is not what a connection that fails is: 502', async () => {
    const backend = warm({});
    world.api.next({ reset: true });
    const error = await rejection(send(backend, 'x'));
    expect(error).toMatchObject({ statusCode: 502, status: 502, expose: false });
    expect(Object.keys(error)).not.toContain('statusCode');
    expect(error.name).toBe({ got: 'RequestError', fetch: 'TypeError', request: 'SocketError' }[name]);
  });

  async function expectTimeout(backend: Backend, attribute: string, milliseconds: number): Promise<void> {
    const start = performance.now();
    const error = await rejection(send(backend, 'x'));
    expectInTime(start, milliseconds);
    if (name === 'got') expect(error).toBeInstanceOf(TimeoutError);
    else if (name === 'fetch') expect(error).toBeInstanceOf(DOMException);
    else expect(error).toBeInstanceOf(errors.UndiciError);
    if (name === 'request') expect(error.name).toMatch(/^(?:Connect|Headers|Body)TimeoutError$/);
    else expect(error.name).toBe('TimeoutError');
    expect(error.message).toBe(`${attribute} of ${milliseconds} ms is over`);
    expect(error).toMatchObject({ statusCode: 504, status: 504, expose: false });
    expect(Object.keys(error)).not.toContain('statusCode');
  }
});

describe('got: the limits of a stream and of pages', () => {
  it.each(['stream', 'paginate'] as const)('are the same: %s', async (kind) => {
    const { got } = warm({ ttfb_timeout: '200ms' });
    world.api.hold();
    const start = performance.now();
    const error = await (kind === 'paginate'
      ? rejection(got.paginate.all('x'))
      : once(got.stream('x').resume(), 'end').catch((reason: unknown) => reason));
    expectInTime(start, 200);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ statusCode: 504 });
  });
});

/** A backend whose token comes from a source that has one: no time goes into it. */
function warm(changes: Parameters<ClientWorld['backend']>[0]): Backend {
  const token = { value: 'token-1', type: 'Bearer', expiresAt: Date.now() + 60_000, issuedAt: Date.now() } as const;
  return world.backend(changes, { tokens: { api: { token: async () => token, current: () => token } } });
}

function expectInTime(start: number, milliseconds: number): void {
  const time = performance.now() - start;
  expect(time).toBeGreaterThan(milliseconds - 5);
  expect(time).toBeLessThan(milliseconds + 100);
}

/** Accepts connections and says nothing. */
async function silentServer(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  ends.push(() => server.close());
  server.on('connection', (socket) => ends.push(() => socket.destroy()));
  await once(server, 'listening');
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A stopped process whose queue of connections is full. */
async function blackhole(): Promise<string> {
  const code = `require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () { console.log(this.address().port); })`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'ignore'] });
  ends.push(() => child.kill('SIGKILL'));
  const port = Number(String((await once(child.stdout, 'data'))[0]));
  child.kill('SIGSTOP');
  for (let count = 0; count < 4; count++) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    ends.push(() => socket.destroy());
  }
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  return `http://127.0.0.1:${port}`;
}
