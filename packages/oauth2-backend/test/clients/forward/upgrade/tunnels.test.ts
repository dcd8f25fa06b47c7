import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ACCEPT,
  closed,
  deferred,
  head,
  message,
  open,
  refusal,
  type SocketWorld,
  socketWorld,
} from './socket-world.js';

let world: SocketWorld;
beforeEach(async () => {
  world = await socketWorld();
});
const opened: Socket[] = [];
afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy();
  await world.close();
});

const SWITCHED = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${ACCEPT}\r\n\r\n`;

interface Tunnel {
  readonly near: Socket;
  readonly far: Socket;
  readonly backends: ReturnType<SocketWorld['backends']>;
}

/** Both ends of a tunnel whose 101 is still to come. */
async function tunnel(early = ''): Promise<Tunnel & { begin(): void }> {
  const connected = deferred<Socket>();
  const origin = await world.raw((socket) => {
    socket.once('data', () => {
      socket.pause();
      connected.resolve(socket);
    });
  }, true);
  const backends = world.backends({ origin });
  const near = connect({
    port: await world.application(backends),
    host: '127.0.0.1',
    allowHalfOpen: true,
  });
  near.on('error', () => undefined);
  opened.push(near);
  near.write(head('/live/x') + early);
  const far = await connected.promise;
  return { near, far, backends, begin: () => void far.write(SWITCHED) };
}

async function begun(): Promise<Tunnel> {
  const { begin, ...ends } = await tunnel();
  const { near } = ends;
  begin();
  const [answer] = (await once(near, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 101 /);
  near.pause();
  return ends;
}

const textOf = async (socket: Socket) => {
  const chunks: Buffer[] = [];
  // Not `for await`, which would close the other direction too.
  socket.on('data', (chunk: Buffer) => chunks.push(chunk)).resume();
  await once(socket, 'end');
  return Buffer.concat(chunks).toString();
};

describe('backends.upgrade(name, options): what the client sends before the 101', () => {
  it('is held, and travels after it', async () => {
    const { near, far, begin } = await tunnel('early, ');
    near.write('later, ');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(far.readableLength).toBe(0);
    expect(far.bytesRead).toBeLessThan(1_000);
    begin();
    await once(near, 'data');
    near.end('last');
    far.end();
    expect(await textOf(far)).toBe('early, later, last');
  });

  it('is held up to 64 KiB, then the client has to wait; all of it travels in the end', async () => {
    const { near, far, begin } = await tunnel();
    const sent = 32 * 1024 * 1024;
    near.end(Buffer.alloc(sent, 'x'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    // What the machine's own buffers take beside it.
    expect(near.bytesWritten - near.writableLength).toBeLessThan(sent / 2);
    begin();
    far.end();
    near.resume();
    expect(await textOf(far)).toHaveLength(sent);
  });
});

describe('backends.upgrade(name, options): a tunnel', () => {
  it.each(['near', 'far'] as const)('that ends at one side goes on at the other: %s', async (side) => {
    const ends = await begun();
    const [one, other] = side === 'near' ? [ends.near, ends.far] : [ends.far, ends.near];
    one.end('last words');
    expect(await textOf(other)).toBe('last words');
    other.write('still ');
    await new Promise((resolve) => setTimeout(resolve, 30));
    other.end('there');
    expect(await textOf(one)).toBe('still there');
  });

  it.each(['near', 'far'] as const)('closes at both sides when one breaks off: %s', async (side) => {
    const { near, far } = await begun();
    const [one, other] = side === 'near' ? [near, far] : [far, near];
    other.resume();
    one.resetAndDestroy();
    await once(other, 'end');
    expect(world.errors).toEqual([]);
  });

  it.each(['near', 'far'] as const)(
    'holds little of what a slow reader has not read, and loses nothing: %s',
    async (side) => {
      const { near, far } = await begun();
      const [reader, writer] = side === 'near' ? [near, far] : [far, near];
      const sent = 64 * 1024 * 1024;
      const before = process.memoryUsage().arrayBuffers;
      const block = Buffer.alloc(1024 * 1024, 'x');
      let written = 0;
      const pump = () => {
        while (written < sent) {
          written += block.length;
          if (!writer.write(block)) return void writer.once('drain', pump);
        }
        writer.end();
      };
      pump();
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(written).toBeLessThan(sent / 2);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
      let read = 0;
      for await (const chunk of reader) read += (chunk as Buffer).length;
      expect(read).toBe(sent);
      reader.end();
    },
  );
});

describe('backends.close() with WebSockets', () => {
  it('lets tunnels go on for its time, then ends them; handshakes are refused from its start', async () => {
    const backends = world.backends();
    const port = await world.application(backends);
    const socket = await open(port);
    const over = [closed(socket), closed(world.api.sockets[0])];
    const closing = backends.close({ timeout: 500 });
    socket.send('still there');
    expect(await message(socket)).toBe('still there');
    expect((await refusal(port)).status).toBe(500);
    expect(await Promise.all(over)).toEqual([
      [1006, ''],
      [1006, ''],
    ]);
    await closing;
    expect(world.errors).toMatchObject([{ code: 'ERR_OAUTH2_CLOSED' }]);
  });

  it.each(['near', 'far'] as const)('ends a tunnel that has ended at one side: %s', async (side) => {
    const ends = await begun();
    const [one, other] = side === 'near' ? [ends.near, ends.far] : [ends.far, ends.near];
    one.end();
    await textOf(other);
    await ends.backends.close({ timeout: 0 });
    const over = new Promise((resolve) => other.on('error', () => undefined).once('close', resolve));
    // Who writes to a connection that is closed hears of it.
    const writing = setInterval(() => other.write('x'), 10);
    await over;
    clearInterval(writing);
  });

  it('waits for no tunnel that has ended', async () => {
    const backends = world.backends();
    const socket = await open(await world.application(backends));
    socket.close();
    await closed(socket);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const start = performance.now();
    await backends.close({ timeout: 5_000 });
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it('asks `authorize` about nobody any more, and closes who waits for it when its time is over', async () => {
    const backends = world.backends();
    const entered = deferred<void>();
    let asked = 0;
    const port = await world.application(backends, {
      authorize: () => {
        asked += 1;
        entered.resolve();
        return new Promise(() => {});
      },
    });
    const waiting = refusal(port).catch((error: Error) => error.message);
    await entered.promise;
    const closing = backends.close({ timeout: 200 });
    expect((await refusal(port)).status).toBe(500);
    expect(asked).toBe(1);
    await closing;
    expect(await waiting).toBe('socket hang up');
  });

  it('does not wait for `authorize` where the client has left', async () => {
    const backends = world.backends();
    const [entered, left] = [deferred<void>(), deferred<void>()];
    const port = await world.application(backends, {
      authorize: ({ socket }) => {
        socket.once('close', () => left.resolve());
        entered.resolve();
        return new Promise(() => {});
      },
    });
    const socket = connect(port, '127.0.0.1');
    socket.write(head('/live/x'));
    await entered.promise;
    socket.destroy();
    await left.promise;
    const start = performance.now();
    await backends.close({ timeout: 5_000 });
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it('answers handshakes under way 500 when its time is over, and ends them', async () => {
    const backends = world.backends();
    world.as.hold();
    const waiting = refusal(await world.application(backends));
    await world.as.arrived(1);
    await backends.close({ timeout: 0 });
    expect((await waiting).status).toBe(500);
  });
});
