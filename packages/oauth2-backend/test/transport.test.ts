import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Agent } from 'undici';
import { type RecordingServer, recordingServer } from '../../../test/servers/recording-server.js';
import { createTransport } from '../src/transport.js';

let server: RecordingServer | undefined;
afterEach(() => server?.close());

const get = (origin: string) => ({ origin, path: '/', method: 'GET' }) as const;

describe('createTransport(options)', () => {
  it('makes each kind of connection once, when it is first used', async () => {
    server = await recordingServer(() => ({ body: 'hello' }));
    const transport = createTransport({ connectTimeout: 10_000 });
    expect(transport.dispatcher).toBe(transport.dispatcher);
    expect(transport.agents).toBe(transport.agents);
    const { body } = await transport.dispatcher.request(get(server.origin));
    expect(await body.text()).toBe('hello');
    await transport.destroy();
    await expect(transport.dispatcher.request(get(server.origin))).rejects.toMatchObject({ code: 'UND_ERR_DESTROYED' });
  });

  it('uses a given dispatcher and leaves it open', async () => {
    server = await recordingServer(() => ({ body: 'hello' }));
    const dispatcher = new Agent();
    const transport = createTransport({ connectTimeout: 0, dispatcher });
    expect(transport.dispatcher).toBe(dispatcher);
    await transport.destroy();
    const { body } = await dispatcher.request(get(server.origin));
    expect(await body.text()).toBe('hello');
    await dispatcher.destroy();
  });

  it('destroys what was never used', async () => {
    await expect(createTransport({ connectTimeout: 0 }).destroy()).resolves.toBeUndefined();
  });

  it('limits the time to a connection, TLS included, and closes what was begun', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const arrived = once(silent, 'connection');
    const transport = createTransport({ connectTimeout: 40 });
    const request = transport.dispatcher.request(get(`https://127.0.0.1:${(silent.address() as AddressInfo).port}`));
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
});
