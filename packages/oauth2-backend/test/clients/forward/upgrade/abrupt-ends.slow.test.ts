import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ACCEPT, head, type SocketWorld, socketWorld } from './socket-world.js';

let world: SocketWorld;
let stray: unknown[];
const onStray = (error: unknown) => void stray.push(error);
beforeEach(async () => {
  world = await socketWorld();
  stray = [];
  for (const event of ['uncaughtExceptionMonitor', 'unhandledRejection', 'warning']) process.on(event, onStray);
});
afterEach(async () => {
  for (const event of ['uncaughtExceptionMonitor', 'unhandledRejection', 'warning']) process.off(event, onStray);
  await world.close();
});

/** The same each time. */
function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

const ANSWERS = [
  `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${ACCEPT}\r\n\r\nfirst`,
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
  'HTTP/1.1 403 Forbidden\r\nContent-Length: 100000\r\n\r\nsome',
  'HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
  'no HTTP\r\n\r\n',
  '',
];

describe('backends.upgrade(name, options): 2,000 connections that end at any time, at either side, in any way', () => {
  it('leave nothing behind: no error that nobody hears, no call, no connection', async () => {
    const random = randoms(7);
    const answer = () => ANSWERS[Math.floor(random() * ANSWERS.length)] ?? '';
    const later = (act: () => void) => setTimeout(act, random() * 20).unref();
    const leave = (socket: Socket) =>
      later(() => (random() < 0.3 ? socket.end() : random() < 0.5 ? socket.destroy() : socket.resetAndDestroy()));
    let behind = 0;
    const origin = await world.raw((socket) => {
      behind += 1;
      socket.once('close', () => {
        behind -= 1;
      });
      socket.once('data', () => {
        later(() => socket.write(answer()));
        socket.on('data', () => random() < 0.5 && socket.write('back'));
        leave(socket);
      });
    });
    const backends = world.backends({ origin, timeout: '2s' });
    const port = await world.application(backends, {
      authorize: () => (random() < 0.5 ? true : new Promise((resolve) => later(() => resolve(random() < 0.9)))),
    });
    const one = async () => {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: random() < 0.5 });
      socket.on('error', () => undefined).resume();
      socket.write(head('/live/x') + (random() < 0.3 ? 'early' : ''));
      later(() => socket.writable && socket.write('x'.repeat(random() * 100_000)));
      leave(socket);
      setTimeout(() => socket.destroy(), 300).unref();
      await once(socket, 'close');
    };
    for (let round = 0; round < 40; round += 1) await Promise.all(Array.from({ length: 50 }, one));
    const start = performance.now();
    await backends.close({ timeout: 10_000 });
    expect(performance.now() - start).toBeLessThan(5_000);
    for (let wait = 0; behind > 0 && wait < 100; wait += 1) await new Promise((resolve) => setTimeout(resolve, 20));
    expect([behind, stray]).toEqual([0, []]);
  }, 120_000);
});
