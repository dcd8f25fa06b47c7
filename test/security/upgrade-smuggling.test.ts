/** The shapes of smuggling, in requests that ask for a WebSocket. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, createServer as createNetServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createBackends } from 'oauth2-backend';
import { type Listening, listen } from 'test-servers/listen';
import { smugglingShapes } from './smuggling.js';

const ASKING = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

let arrived: string[];
let backend: Listening;
const ends: (() => unknown)[] = [];
beforeAll(async () => {
  const server = createNetServer((socket) => {
    ends.push(() => socket.destroy());
    // It never says that it has switched: nothing more than a head may come.
    socket.on('error', () => {}).on('data', (chunk) => arrived.push(chunk.toString('latin1')));
  });
  backend = await listen(server);
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
  await backend.close();
});

describe.each([true, false])('backends.upgrade() and shapes of smuggling, parser lenient: %s', (insecureHTTPParser) => {
  let app: Listening;
  beforeAll(async () => {
    const backends = createBackends({ api: { origin: backend.origin, timeout: '300ms' } });
    const server = createServer({ insecureHTTPParser }, (_, response) => response.end());
    server.on('upgrade', backends.upgrade('api', { mount: '/', authorize: () => true }));
    app = await listen(server);
    ends.push(
      () => backends.close({ timeout: 0 }),
      () => app.close(),
    );
  });

  it.each(smugglingShapes)(
    'gives one answer and closes the connection; no body or second request travels: %s',
    async (_, bytes) => {
      arrived = [];
      const socket: Socket = connect(app.port, '127.0.0.1');
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
      });
      socket.on('error', () => {});
      socket.write(bytes.replace('POST', 'GET').replace('\r\n', `\r\n${ASKING}`), 'latin1');
      await once(socket, 'close');
      expect(text.match(/HTTP\/1\.1 /g)?.length ?? 0).toBeLessThanOrEqual(1);
      expect(text).not.toContain('HTTP/1.1 101');
      expect(arrived.length).toBeLessThanOrEqual(1);
      expect(arrived.join('')).not.toMatch(/smuggled|transfer-encoding|content-length|\r\n\r\n./is);
    },
  );
});
