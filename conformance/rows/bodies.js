/** Which bytes of a request arrive. */
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import serverless from 'serverless-http';
import { answers, holds, Mismatch, same, within } from '../mismatch.js';

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');

const bodies = ({ backend }) => Promise.all(backend.requests.map(async (seen) => String(await seen.body())));

/** A JSON body that a parser has read before. */
const parsed = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{ "a": 1 }' };

/** One of API Gateway, for an adapter. */
const event = (headers) => ({
  path: '/api/billing/invoices',
  httpMethod: 'POST',
  headers: { Host: 'shop.example', 'Content-Type': 'text/plain', ...headers },
  queryStringParameters: { a: 'b' },
  requestContext: { identity: { sourceIp: '192.0.2.1' } },
  body: 'hällo',
  isBase64Encoded: false,
});

const again = (inbound) => JSON.stringify(inbound.body ?? inbound.request?.body);

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
      const texts = await bodies(cell);
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
      same('body added', await bodies(cell), ['', '']);
      const frames = cell.backend.requests.map(({ headers }) => headers['transfer-encoding']);
      same('body added', frames, [undefined, undefined]);
    },
  },
  {
    says: 'A body that a parser has read is sent from the option body, without the digest of the other',
    async run(cell) {
      const { ask } = await cell.application({ parse: true, forward: { body: again } });
      const headers = { ...parsed.headers, 'content-digest': 'sha-256=:x:' };
      answers(await ask('/api/billing/x', { ...parsed, headers }), 200);
      same('body lost', await bodies(cell), ['{"a":1}']);
      const { 'content-length': length, 'content-digest': digested } = cell.backend.requests[0].headers;
      same('body lost', [length, digested], ['7', undefined]);
    },
  },
  {
    says: 'Without that option it is a 500 at once, and nothing is sent',
    async run(cell) {
      const { ask } = await cell.application({ parse: true });
      answers(await ask('/api/billing/x', parsed), 500);
      same('is sent', cell.backend.requests.length, 0);
    },
  },
  {
    says: 'A body from the option body is repeated after a 401, and asked for once',
    async run(cell) {
      let asked = 0;
      const body = (inbound) => {
        asked += 1;
        return again(inbound);
      };
      const { ask } = await cell.application({ parse: true, renews: true, forward: { body } });
      answers(await ask('/api/billing/x', parsed), 200);
      cell.backend.answer = refusesFirst(cell);
      answers(await ask('/api/billing/x', parsed), 200);
      same('body lost', (await bodies(cell)).slice(1), ['{"a":1}', '{"a":1}']);
      if (!cell.bare) same('asked again', asked, 2);
    },
  },
  {
    says: 'Requests that no socket made, of serverless adapters, are sent on with their body',
    async run(cell) {
      const { listener } = await cell.application();
      const { statusCode, body } = await within('hangs', serverless(listener)(event({ 'X-Kept': '1' }), {}));
      answers({ status: statusCode, text: body }, 200);
      const [{ method, url, headers }] = cell.backend.requests;
      same('changed', [method, url, headers['x-kept']], ['POST', '/v1/invoices?a=b', '1']);
      same('body lost', await bodies(cell), ['hällo']);
    },
  },
  {
    says: 'One of them with less than its Content-Length says is a 500, and nothing is sent',
    async run(cell) {
      const { listener } = await cell.application();
      const { statusCode, body } = await within('hangs', serverless(listener)(event({ 'Content-Length': '50' }), {}));
      answers({ status: statusCode, text: body }, 500);
      same('is sent', cell.backend.requests.length, 0);
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

function refusesFirst({ backend }) {
  let refused = false;
  return async (_, response, seen) => {
    await seen.body();
    if (refused) response.end('well');
    else response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end('no');
    refused = true;
    if (backend.requests.length > 9) throw new Mismatch('loops', 'asked again and again');
  };
}

async function until(condition) {
  while (!condition()) await delay(2);
}
