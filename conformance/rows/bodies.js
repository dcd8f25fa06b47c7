/** Which bytes of a request arrive. */
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { textsOf } from '../backend-server.js';
import { answers, holds, same, within } from '../mismatch.js';

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');

const METHODS = ['GET', 'DELETE', 'OPTIONS', 'QUERY', 'PATCH'];

export const requestBodies = [
  {
    says: 'Bodies of GET, DELETE, OPTIONS, QUERY and PATCH arrive, and the next request is well',
    async run(cell) {
      const { ask } = await cell.application();
      for (const method of METHODS) {
        answers(await ask('/api/billing/x', { method, body: 'text' }), 200);
        answers(await ask('/api/billing/x'), 200);
      }
      const wanted = METHODS.flatMap((method) => [method, 'text', 'GET', '']);
      const texts = await textsOf(cell.backend);
      same(
        'body lost',
        cell.backend.requests.flatMap(({ method }, index) => [method, texts[index]]),
        wanted,
      );
    },
  },
  {
    says: '8 MiB up and down are the same bytes, with a length and in chunks',
    async run(cell) {
      const bytes = randomBytes(8 * 1024 * 1024);
      cell.backend.answer = (request, response) => void request.pipe(response);
      const { ask, begin } = await cell.application();
      const answer = await ask('/api/billing/x', { method: 'PUT', body: bytes });
      answers(answer, 200);
      same('bytes changed', digest(answer.body), digest(bytes));
      const { request, head } = begin('/api/billing/x');
      request.end(bytes);
      const echoed = Buffer.concat(await within('hangs', (await within('hangs', head)).toArray()));
      same('bytes changed', digest(echoed), digest(bytes));
    },
  },
  {
    says: 'A request without a body has none, and an empty one is empty',
    async run(cell) {
      const { ask } = await cell.application();
      answers(await ask('/api/billing/x', { method: 'DELETE' }), 200);
      answers(await ask('/api/billing/x', { method: 'POST', body: '' }), 200);
      same('body added', await textsOf(cell.backend), ['', '']);
      const frames = cell.backend.requests.map(({ headers }) => headers['transfer-encoding']);
      same('body added', frames, [undefined, undefined]);
    },
  },
  {
    says: 'A request whose length two readers read differently is 400, and nothing of it is sent',
    async run(cell) {
      const { write } = await cell.application({ server: { insecureHTTPParser: true } });
      for (const lines of [
        'Content-Length: 5\r\nTransfer-Encoding: chunked',
        'Content-Length: 5\r\nTransfer-Encoding : chunked',
        'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity',
        'Content-Length: 5\r\nTransfer_Encoding: chunked\r\nX-A : 1',
      ]) {
        const smuggled = 'GET /api/billing/smuggled HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
        const text = await write(`POST /api/billing/x HTTP/1.1\r\nHost: a\r\n${lines}\r\n\r\n0\r\n\r\n${smuggled}`);
        const status = /^HTTP\/1.1 (\d+)/.exec(text)?.[1];
        holds('passes', status === '400', `${lines} was answered ${status}`);
      }
      same('passes', cell.backend.requests.length, 0);
    },
  },
  {
    says: 'Of an upload that its client breaks off the backend never sees a whole one',
    async run(cell) {
      const ended = [];
      cell.backend.answer = (request) => {
        request.resume();
        // Over HTTP/2 Node ends a request that was broken off, too.
        request.once('end', () => request.aborted || ended.push('whole'));
        (request.stream ?? request).once('close', () => ended.push('closed'));
      };
      const { begin } = await cell.application();
      for (const headers of [{ 'content-length': 1_000_000 }, {}]) {
        ended.length = 0;
        const { request } = begin('/api/billing/x', { headers });
        // More than what is kept before it is sent.
        request.write(Buffer.alloc(200_000));
        await within(
          'late',
          until(() => cell.backend.requests.length > 0),
        );
        cell.backend.requests.length = 0;
        request.destroy();
        await within(
          'hangs',
          until(() => ended.includes('closed')),
        );
        same('seems whole', ended, ['closed']);
      }
    },
  },
  {
    says: 'A call of the application cannot say a length that its body has not',
    bare: false,
    async run(cell) {
      const serve = async (backend, inbound) => {
        const path = String(inbound.url).includes('wrong') ? 'wrong' : 'right';
        const headers = path === 'wrong' ? { 'content-length': '30' } : {};
        const { statusCode } = await backend.got(path, { headers, throwHttpErrors: false });
        return new Response(null, { status: statusCode });
      };
      const { ask } = await cell.application({ serve });
      const { status } = await ask('/api/billing/wrong');
      holds('is sent', status >= 500, `answered ${status}`);
      answers(await ask('/api/billing/right'), 200);
      same(
        'is sent',
        cell.backend.requests.map(({ url }) => url),
        ['/v1/right'],
      );
    },
    not: { 'HTTP/2': 'got speaks HTTP/1.1 alone' },
  },
];

async function until(condition) {
  while (!condition()) await delay(2);
}
