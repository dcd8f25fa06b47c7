/** When bytes arrive, and what an answer ends with. */
import { setTimeout as delay } from 'node:timers/promises';
import { nextChunk } from '../client.js';
import { holds, same, within } from '../mismatch.js';

/** More than all buffers of two connections hold, in bytes. */
const MUCH = 48 * 1024 * 1024;

const EVENTS = { 'content-type': 'text/event-stream' };

/** Three events, each sent when the client has seen the one before. */
async function threeEvents(cell, spec, headers = {}) {
  let write;
  cell.backend.answer = (_, response) => {
    response.writeHead(200, EVENTS);
    response.flushHeaders?.();
    write = (text) => response.write(text);
  };
  const { begin } = await cell.application(spec);
  const { request, head } = begin('/api/billing/events', { method: 'GET', headers });
  request.end();
  const answer = await within('late', head);
  for (const event of ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']) {
    write(event);
    same('changed', await nextChunk(answer), event);
  }
  return answer;
}

export const streams = [
  {
    says: 'The head of an answer arrives before its body does, and each event when it is sent',
    run: (cell) => threeEvents(cell, {}),
  },
  {
    says: 'Events pass a middleware that compresses at once',
    async run(cell) {
      const answer = await threeEvents(cell, { compress: true });
      same('changed', answer.headers['content-type'], EVENTS['content-type']);
    },
  },
  {
    says: 'Events pass it at once to a client that takes gzip, too',
    async run(cell) {
      let write;
      cell.backend.answer = (_, response) => {
        response.writeHead(200, EVENTS);
        response.flushHeaders?.();
        write = (text) => response.write(text);
      };
      const { begin } = await cell.application({ compress: true });
      const { request, head } = begin('/api/billing/x', { method: 'GET', headers: { 'accept-encoding': 'gzip' } });
      request.end();
      const answer = await within('late', head);
      for (let count = 1; count <= 3; count += 1) {
        // The frame of gzip may come before the first.
        write(`data: ${count} ${'x'.repeat(50)}\n\n`);
        await nextChunk(answer);
      }
    },
  },
  {
    says: 'A header that a middleware adds last is in the head, though that is sent at once',
    async run(cell) {
      const answer = await threeEvents(cell, { late: ['x-late', '1'] });
      same('header lost', answer.headers['x-late'], '1');
    },
  },
  {
    says: 'What the client uploads arrives piece by piece',
    async run(cell) {
      const { promise, resolve } = deferred();
      cell.backend.answer = (request) => void resolve(request);
      const { begin } = await cell.application();
      const { request } = begin('/api/billing/x');
      request.write('one');
      const inbound = await within('late', promise);
      same('late', await nextChunk(inbound), 'one');
      request.write('two');
      same('late', await nextChunk(inbound), 'two');
    },
  },
  {
    says: 'Trailers of the answer travel, without those that stay behind as headers',
    async run(cell) {
      const sent = { 'x-sum': '42', 'access-control-allow-origin': '*', 'set-cookie': 'a=b', 'content-type': 'x/y' };
      cell.backend.answer = (_, response) => {
        response.writeHead(200, { trailer: 'x-sum' });
        response.write('hello');
        for (const [name, value] of Object.entries(sent)) response.addTrailers({ [name]: value });
        if (!cell.overHttp2) response.addTrailers(sent);
        response.end();
      };
      const { ask } = await cell.application();
      const answer = await ask('/api/billing/x');
      same('body lost', answer.text, 'hello');
      same(answer.trailers['x-sum'] ? 'too many' : 'trailers lost', { ...answer.trailers }, { 'x-sum': '42' });
      same('header lost', answer.headers.trailer, 'x-sum');
    },
  },
  {
    says: 'A trailer that the answer names in Connection stays behind',
    not: { 'HTTP/2': 'HTTP/2 has no Connection' },
    async run(cell) {
      cell.backend.answer = ({ socket }) => {
        socket.write('HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nTransfer-Encoding: chunked\r\n\r\n');
        socket.write('5\r\nhello\r\n0\r\nX-Hop: 1\r\nX-Sum: 42\r\n\r\n');
      };
      const { ask } = await cell.application();
      const answer = await ask('/api/billing/x');
      same('body lost', answer.text, 'hello');
      same(answer.trailers['x-sum'] ? 'too many' : 'trailers lost', { ...answer.trailers }, { 'x-sum': '42' });
    },
  },
  {
    says: 'An answer that breaks off breaks off for the client too',
    async run(cell) {
      cell.backend.answer = (request, response) => {
        response.writeHead(200);
        response.write('hello');
        setTimeout(() => (cell.overHttp2 ? request.stream.close(2) : response.destroy()), 20);
      };
      const { begin } = await cell.application();
      const { request, head } = begin('/api/billing/x', { method: 'GET' });
      request.end();
      const answer = await within('hangs', head);
      await within(
        'hangs',
        answer.toArray().catch(() => undefined),
      );
      same('seems whole', answer.complete, false);
    },
  },
  {
    says: 'A client that leaves in the middle of an answer ends the request to the backend',
    async run(cell) {
      const { promise, resolve } = deferred();
      cell.backend.answer = (request, response) => {
        response.writeHead(200);
        response.write('hello');
        (request.stream ?? response).once('close', resolve);
      };
      const { begin } = await cell.application();
      const { request, head } = begin('/api/billing/x', { method: 'GET' });
      request.end();
      await nextChunk(await within('hangs', head));
      request.destroy();
      await within('runs on', promise);
    },
  },
  {
    says: 'A client that leaves before the answer ends the request to the backend',
    async run(cell) {
      const { promise, resolve } = deferred();
      let arrived = false;
      cell.backend.answer = (request, response) => {
        arrived = true;
        (request.stream ?? response).once('close', resolve);
      };
      const { begin } = await cell.application();
      const { request } = begin('/api/billing/x', { method: 'GET' });
      request.end();
      for (let tries = 0; tries < 500 && !arrived; tries += 1) await delay(2);
      holds('late', arrived, 'the request never arrived');
      request.destroy();
      await within('runs on', promise);
    },
  },
  {
    says: 'A slow client holds the backend back',
    async run(cell) {
      let sent = 0;
      cell.backend.answer = (_, response) => {
        response.writeHead(200);
        const chunk = Buffer.alloc(65_536);
        const more = () => {
          do sent += chunk.length;
          while (response.write(chunk));
        };
        response.on('drain', more);
        more();
      };
      const { begin } = await cell.application();
      const { request, head } = begin('/api/billing/x', { method: 'GET' });
      request.end();
      await within('hangs', head);
      for (let before = 0; before < sent; await delay(100)) {
        holds('fills memory', sent < MUCH, `${sent} bytes for a client that reads nothing`);
        before = sent;
      }
    },
  },
];

function deferred() {
  let resolve;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
