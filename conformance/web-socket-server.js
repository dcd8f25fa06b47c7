/** A backend for WebSockets, which go over HTTP/1.1 also where other requests go over HTTP/2. */
import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { listen } from 'test-servers/listen';
import { WebSocketServer } from 'ws';
import { certificate } from './backend-server.js';

const ECHO = Buffer.from('echo ');

/**
 * Starts it: it echoes each message. `refuse(request, number)`, which a row replaces, gives the status of an answer in place
 * of the WebSocket, 0 for none.
 */
export async function webSocketServer(overHttp2) {
  const server = overHttp2 ? createSecureServer({ ...certificate, allowHTTP1: true }) : createServer();
  const { origin, close } = await listen(server);
  const sockets = new Set();
  const accepting = new WebSocketServer({ noServer: true });
  const backend = {
    origin,
    requests: [],
    /** What of the client came with a handshake, or behind it before the 101. */
    early: '',
    refuse: () => 0,
    /** Called when a handshake is to be answered. */
    hold: (accept) => accept(),
    async close() {
      for (const socket of sockets) socket.destroy();
      await close();
    },
  };
  server.on('connection', (socket) => sockets.add(socket.on('error', () => undefined)));
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => undefined);
    backend.requests.push(request);
    const status = backend.refuse(request, backend.requests.length);
    if (status !== 0) {
      socket.end(`HTTP/1.1 ${status} No\r\nX-A: 1\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno`);
      return;
    }
    const take = (chunk) => {
      backend.early += chunk.toString('latin1');
    };
    take(head);
    socket.on('data', take);
    backend.hold(() => {
      socket.off('data', take);
      accepting.handleUpgrade(request, socket, head, (ws) => {
        ws.on('error', () => undefined);
        ws.on('message', (message) => ws.send(Buffer.concat([ECHO, Buffer.from(message)]), { binary: false }));
      });
    });
  });
  return backend;
}
