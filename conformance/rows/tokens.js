/** What becomes of a token that the backend refuses. */
import { answers, same } from '../mismatch.js';

/** The first request is accepted, the second refused, the third accepted again. */
async function refusedOnce(cell, sending, spec) {
  let count = 0;
  cell.backend.answer = async (_, response, seen) => {
    await seen.body();
    count += 1;
    if (count === 2) response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end('no');
    else response.end('well');
  };
  const { ask } = await cell.application({ renews: true, ...spec });
  answers(await ask('/api/billing/x'), 200);
  const answer = await ask('/api/billing/x', sending);
  return { answer, ask, requests: cell.backend.requests.slice(1) };
}

const tokens = (requests) => requests.map(({ headers }) => headers.authorization);

export const refusedTokens = [
  {
    says: 'A 401 is repeated with a new token, and the body with it',
    async run(cell) {
      const { answer, requests } = await refusedOnce(cell, { method: 'PUT', body: 'text' });
      answers(answer, 200);
      same('not repeated', tokens(requests), ['Bearer token-1', 'Bearer token-2']);
      same('body lost', await Promise.all(requests.map(async ({ body }) => String(await body()))), ['text', 'text']);
    },
  },
  {
    says: 'A 401 to a body beyond replayLimit is given, and the next request has a new token',
    async run(cell) {
      const spec = { forward: { replayLimit: 3 } };
      const { answer, ask } = await refusedOnce(cell, { method: 'PUT', body: 'text' }, spec);
      answers(answer, 401);
      same('passes', answer.headers['www-authenticate'], undefined);
      answers(await ask('/api/billing/x'), 200);
      same('not renewed', tokens(cell.backend.requests).at(-1), 'Bearer token-2');
    },
  },
  {
    says: 'A 401 that no token cures is given at once',
    async run(cell) {
      cell.backend.answer = (_, response) => {
        response.writeHead(401, { 'www-authenticate': 'Bearer error="insufficient_scope"' }).end('no');
      };
      const { ask } = await cell.application({ renews: true });
      answers(await ask('/api/billing/x'), 401);
      same('repeated', cell.backend.requests.length, 1);
    },
  },
];
