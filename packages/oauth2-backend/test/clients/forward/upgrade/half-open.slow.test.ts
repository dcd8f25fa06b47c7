import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ACCEPT, deferred, head, type SocketWorld, socketWorld } from './socket-world.js';

let world: SocketWorld;
afterEach(() => world.close());

describe('backends.upgrade(name, options): a tunnel that has ended at one side', () => {
  it('is closed when nothing has come from the other for 30 s, not before', async () => {
    world = await socketWorld();
    const asked = deferred<Socket>();
    const origin = await world.raw((socket) => socket.once('data', () => asked.resolve(socket)), true);
    const port = await world.application(world.backends({ origin }));
    const near = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    near.write(head('/live/x'));
    const far = await asked.promise;
    const lines = [
      'HTTP/1.1 101 Switching',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${ACCEPT}`,
    ];
    far.write(`${lines.join('\r\n')}\r\n\r\n`);
    await once(near, 'data');
    near.end();
    // Something comes: it begins anew.
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    far.write('still there');
    expect(String((await once(near, 'data'))[0])).toBe('still there');
    const since = performance.now();
    await once(near, 'end');
    const lasted = performance.now() - since;
    expect(lasted).toBeGreaterThan(29_000);
    expect(lasted).toBeLessThan(40_000);
    near.destroy();
  }, 90_000);
});
