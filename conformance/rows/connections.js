/** What becomes of requests when connections do what they do. */
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { listen } from 'test-servers/listen';
import { answers, holds, same } from '../mismatch.js';

const hangsUp = (request) => void (request.stream?.session ?? request.socket).destroy();

/** One request on a connection that dies when the next comes; a third is answered. */
async function reused(cell, ask) {
  cell.backend.requests.length = 0;
  cell.backend.answer = async (request, response, seen) => {
    const { length } = cell.backend.requests;
    if (length === 2) {
      hangsUp(request);
      return;
    }
    const body = await seen.body();
    response.end(length === 1 ? 'first' : `again ${body}`);
  };
  answers(await ask('/api/billing/x'), 200);
  // undici needs a turn to see that an answer is over.
  await delay(30);
}

export const connections = [
  {
    says: 'No request under way is lost when the backend says that it is going away',
    async run(cell) {
      const { ask } = await cell.application();
      answers(await ask('/api/billing/x'), 200);
      const underWay = [];
      cell.backend.answer = (request, response, seen) => {
        underWay.push({ request, response, seen });
        if (underWay.length < 3) return;
        if (cell.overHttp2) request.stream.session.goaway();
        cell.backend.answer = (_, after) => void after.end('after');
        for (const each of underWay) {
          if (!cell.overHttp2) each.response.setHeader('connection', 'close');
          setTimeout(() => void each.seen.body().then((body) => each.response.end(`well ${body}`)), 50);
        }
      };
      const asked = ['GET', 'POST', 'DELETE'].map((method) => ask('/api/billing/x', { method, body: 'text' }));
      const got = await Promise.all(asked);
      same(
        'requests lost',
        got.map(({ status, text }) => `${status} ${text}`),
        Array(3).fill('200 well text'),
      );
      same('requests lost', (await ask('/api/billing/x')).text, 'after');
    },
  },
  {
    says: 'A request whose reused connection dies before the answer is sent once more, with its body',
    async run(cell) {
      const { ask, clients } = await cell.application();
      for (const [method, body] of [['GET'], ['PUT', 'text'], ['DELETE'], ['QUERY', 'text']]) {
        await reused(cell, ask);
        const answer = await ask('/api/billing/x', { method, body });
        answers(answer, 200);
        same('body lost', answer.text, `again ${body ?? ''}`);
        same('sent more often', cell.backend.requests.length, 3);
      }
      if (clients) same('not counted', clients.status()[0].counts.reconnects, 4);
    },
  },
  {
    says: 'A POST whose reused connection dies is not sent again, and nothing is whose connection was new',
    async run(cell) {
      const { ask } = await cell.application();
      await reused(cell, ask);
      answers(await ask('/api/billing/x', { body: 'text' }), 502);
      same('sent again', cell.backend.requests.length, 2);
      cell.backend.requests.length = 0;
      cell.backend.answer = hangsUp;
      answers(await ask('/api/billing/x'), 502);
      same('sent again', cell.backend.requests.length, 1);
    },
  },
  {
    says: 'Requests that the server refuses without having processed them are sent again',
    not: { 'HTTP/1.1': 'HTTP/1.1 cannot say so' },
    async run(cell) {
      const { ask } = await cell.application();
      let refused = 0;
      cell.backend.answer = (request, response) => {
        refused += 1;
        if (refused === 1) request.stream.close(7);
        else response.end('well');
      };
      answers(await ask('/api/billing/x', { body: 'text' }), 200);
    },
  },
  {
    says: 'What HTTP/1.1 alone can carry fails with a 502 that says so, and the next request is well',
    bare: false,
    not: { 'HTTP/1.1': 'there is nothing that it cannot carry' },
    async run(cell) {
      const failures = [];
      const serve = async (backend, inbound) => {
        const headers = String(inbound.originalUrl ?? inbound.url).includes('wrong') ? { 'proxy-connection': 'x' } : {};
        try {
          const { statusCode } = await backend.request('x', { method: 'DELETE', headers });
          return new Response(null, { status: statusCode });
        } catch (error) {
          failures.push(error.message);
          throw error;
        }
      };
      const { ask } = await cell.application({ serve });
      answers(await ask('/api/billing/wrong'), 502);
      holds('says nothing', /HTTP\/2.*DELETE/.test(failures[0]), failures[0]);
      answers(await ask('/api/billing/right'), 200);
    },
  },
  {
    says: 'NO_PROXY is read as curl reads it: networks, domains below, a root dot',
    async run(cell) {
      let asked = 0;
      const proxy = await listen(createServer((socket) => void socket.once('data', () => (asked += 1)).destroy()));
      cell.ends(() => proxy.close());
      const own = { ...process.env };
      const forms = cell.overHttp2
        ? ['localhost.', '.localhost', '*.localhost']
        : ['127.0.0.0/8', '127.0.0.1', '10.0.0.0/8 127.0.0.1'];
      for (const form of forms) {
        Object.assign(process.env, { HTTP_PROXY: proxy.origin, HTTPS_PROXY: proxy.origin, NO_PROXY: form });
        let application;
        try {
          application = await cell.application();
        } finally {
          for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']) {
            if (own[name] === undefined) delete process.env[name];
            else process.env[name] = own[name];
          }
        }
        answers(await application.ask('/api/billing/x'), 200);
      }
      same('asks the proxy', asked, 0);
    },
  },
  {
    says: 'Pipelined requests are answered in their order',
    async run(cell) {
      cell.backend.answer = async (_, response, { url, body }) => {
        await body();
        if (url.endsWith('1')) await delay(30);
        response.end(url);
      };
      const { write } = await cell.application();
      const request = (path, more = '') => `GET /api/billing/${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
      const text = await write(request('1') + request('2') + request('3', 'Connection: close\r\n'));
      same('mixed up', text.match(/\/v1\/\d/g), ['/v1/1', '/v1/2', '/v1/3']);
    },
  },
  {
    says: 'A client of HTTP/1.0 gets its answer, whole, to the end of the connection',
    async run(cell) {
      cell.backend.answer = (_, response) => {
        response.write('one ');
        response.end('two');
      };
      const { write } = await cell.application();
      const text = await write('GET /api/billing/x HTTP/1.0\r\n\r\n');
      same('changed', text.split('\r\n\r\n')[1], 'one two');
      holds('chunked', !/transfer-encoding/i.test(text), text);
    },
  },
];
