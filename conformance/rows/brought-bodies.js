/** Bodies that somebody else has read before, or that no socket brought. */
import codegenie from '@codegenie/serverless-express';
import serverless from 'serverless-http';
import { textsOf } from '../backend-server.js';
import { answers, Mismatch, same, within } from '../mismatch.js';

/** A JSON body that a parser reads before. */
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

export const broughtBodies = [
  {
    says: 'A body that a parser has read is sent from the option body, without the digest of the other',
    async run(cell) {
      const { ask } = await cell.application({ parse: true, forward: { body: again } });
      const headers = { ...parsed.headers, 'content-digest': 'sha-256=:x:' };
      answers(await ask('/api/billing/x', { ...parsed, headers }), 200);
      same('body lost', await textsOf(cell.backend), ['{"a":1}']);
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
      same('body lost', (await textsOf(cell.backend)).slice(1), ['{"a":1}', '{"a":1}']);
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
      same('body lost', await textsOf(cell.backend), ['hällo']);
    },
  },
  {
    says: 'So are those whose raw headers are odd, of @codegenie/serverless-express',
    async run(cell) {
      const { listener } = await cell.application();
      const handle = codegenie({ app: listener });
      const { statusCode, body } = await within(
        'hangs',
        handle(event({ 'X-Kept': '1' }), {}, () => undefined),
      );
      answers({ status: statusCode, text: body }, 200);
      same('changed', cell.backend.requests[0].headers['x-kept'], '1');
      same('body lost', await textsOf(cell.backend), ['hällo']);
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
