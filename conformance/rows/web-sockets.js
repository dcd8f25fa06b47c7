/** What becomes of a request for a WebSocket. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import WebSocket from 'ws';
import { answers, Mismatch, same, within } from '../mismatch.js';
import { webSocketServer } from '../web-socket-server.js';

/** An application between a backend for WebSockets and `open(path, options)`, which gives an open one. */
async function opened(cell, { options, ...spec } = {}) {
  const backend = await webSocketServer(cell.overHttp2);
  cell.ends(() => backend.close());
  const definition = { origin: backend.origin };
  const application = await cell.application({ ...spec, definition });
  const { clients, server, port } = application;
  const upgrade = clients?.upgrade('billing', { mount: '/api/billing', authorize: () => true, ...options });
  if (upgrade) server.on('upgrade', upgrade);

  /** @returns the WebSocket, or the answer that came in its place */
  async function attempt(path, headers = {}) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
    socket.on('error', () => undefined);
    cell.ends(() => socket.terminate());
    const refused = once(socket, 'unexpected-response').then(async ([, answer]) => {
      const text = String(Buffer.concat(await answer.toArray()));
      return { status: answer.statusCode, headers: answer.headers, text };
    });
    const failed = once(socket, 'close').then(() => {
      throw new Mismatch('no WebSocket', 'the connection closed');
    });
    for (const each of [refused, failed]) each.catch(() => undefined);
    return within('no WebSocket', Promise.race([once(socket, 'open').then(() => socket), refused, failed]));
  }

  return { ...application, backend, attempt };
}

async function said(socket, text) {
  if (!(socket instanceof WebSocket)) throw new Mismatch('no WebSocket', `answered ${socket.status}`);
  socket.send(text);
  const [message] = await within('late', once(socket, 'message'));
  return String(message);
}

export const webSockets = [
  {
    says: 'A WebSocket is opened at the backend with its token, and messages pass both ways',
    async run(cell) {
      const { attempt, backend } = await opened(cell);
      const headers = { authorization: 'Bearer of-the-client', cookie: 'session=1', 'x-kept': '1' };
      const socket = await attempt('/api/billing/events?since=7', headers);
      same('changed', await said(socket, 'one'), 'echo one');
      same('changed', await said(socket, 'x'.repeat(200_000)), `echo ${'x'.repeat(200_000)}`);
      const [{ url, headers: got }] = backend.requests;
      const wanted = ['/v1/events?since=7', 'Bearer good', undefined, '1'];
      same('passes', [url, got.authorization, got.cookie, got['x-kept']], wanted);
    },
  },
  {
    says: 'Whom authorize does not admit gets a 403, and nothing is sent',
    async run(cell) {
      for (const authorize of [() => undefined, async () => false, () => Promise.reject(new Error('no'))]) {
        const { attempt, backend } = await opened(cell, { options: { authorize } });
        answers(await attempt('/api/billing/events'), 403);
        same('is sent', backend.requests.length, 0);
      }
    },
  },
  {
    says: "Another site's page gets a 403 unless it is named",
    async run(cell) {
      const { attempt, backend, port } = await opened(cell, { options: { origins: ['https://www.example.com'] } });
      answers(await attempt('/api/billing/events', { origin: 'https://evil.example' }), 403);
      same('is sent', backend.requests.length, 0);
      for (const origin of ['https://www.example.com', `http://127.0.0.1:${port}`]) {
        same('changed', await said(await attempt('/api/billing/events', { origin }), 'one'), 'echo one');
      }
    },
  },
  {
    says: 'A 401 is repeated with a new token before the WebSocket opens',
    async run(cell) {
      const { attempt, backend } = await opened(cell, { renews: true });
      same('changed', await said(await attempt('/api/billing/events'), 'one'), 'echo one');
      backend.refuse = (_, number) => (number === 2 ? 401 : 0);
      same('changed', await said(await attempt('/api/billing/events'), 'two'), 'echo two');
      const tokens = backend.requests.map(({ headers }) => headers.authorization);
      same('not renewed', tokens.slice(1), ['Bearer token-1', 'Bearer token-2']);
    },
  },
  {
    says: 'Any other answer is given as it is, and the connection closes',
    async run(cell) {
      const { attempt, backend } = await opened(cell);
      backend.refuse = () => 409;
      const answer = await attempt('/api/billing/events');
      answers(answer, 409);
      const { headers, text } = answer;
      same('changed', [headers['x-a'], text, headers.connection], ['1', 'no', 'close']);
    },
  },
  {
    says: "Nothing of the client reaches the backend before the backend's 101",
    async run(cell) {
      const { backend, port } = await opened(cell);
      let accept;
      backend.hold = (given) => {
        accept = given;
      };
      const socket = connect(port, '127.0.0.1');
      cell.ends(() => socket.destroy());
      socket.on('error', () => undefined);
      const lines = [
        'GET /api/billing/events HTTP/1.1',
        'Host: a',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        '',
        'GET /api/billing/smuggled HTTP/1.1',
        'Host: a',
        '',
        '',
      ];
      socket.write(lines.join('\r\n'));
      for (let tries = 0; tries < 500 && !accept; tries += 1) await delay(2);
      await delay(50);
      same('is sent', [backend.requests.length, backend.early], [1, '']);
      accept();
      const [head] = await within('no WebSocket', once(socket, 'data'));
      same('no WebSocket', String(head).slice(0, 12), 'HTTP/1.1 101');
    },
  },
  {
    says: 'A WebSocket whose backend or client leaves closes on the other side',
    async run(cell) {
      const { attempt, backend } = await opened(cell);
      const first = await attempt('/api/billing/events');
      await said(first, 'one');
      const closed = once(first, 'close');
      backend.requests[0].socket.destroy();
      await within('stays open', closed);
      const second = await attempt('/api/billing/events');
      await said(second, 'two');
      const gone = once(backend.requests[1].socket, 'close');
      second.terminate();
      await within('stays open', gone);
    },
  },
  {
    says: 'close() of the backends ends open WebSockets',
    bare: false,
    async run(cell) {
      const { attempt, clients } = await opened(cell);
      const socket = await attempt('/api/billing/events');
      await said(socket, 'one');
      const closed = once(socket, 'close');
      await clients.close({ timeout: 10 });
      await within('stays open', closed);
    },
  },
  {
    says: 'Without a listener for it, a request for another protocol is a 501, and nothing is sent',
    async run(cell) {
      const { ask } = await cell.application();
      const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
      answers(await ask('/api/billing/x', { headers }), 501);
      same('is sent', cell.backend.requests.length, 0);
    },
  },
];
