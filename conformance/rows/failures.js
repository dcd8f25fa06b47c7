/** What is answered, told and printed when something goes wrong. */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { answers, holds, Mismatch, same, within } from '../mismatch.js';

async function until(condition) {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 1000) throw new Mismatch('hangs', 'it never happened');
    await delay(2);
  }
}

/** Five clients that leave; nobody hears of it. */
const leaving = (when) => async (cell) => {
  const closed = [];
  cell.backend.answer = (request, response) => {
    closed.push(once(request.stream ?? response, 'close'));
    if (when === 'before') return;
    response.writeHead(200);
    response.write('hello');
  };
  const { begin, errors } = await cell.application();
  for (let count = 1; count <= 5; count += 1) {
    const { request, head } = begin('/api/billing/x', { method: 'GET' });
    request.end();
    if (when === 'in') await within('late', once(await within('late', head), 'data'));
    else await until(() => closed.length === count);
    request.destroy();
    await within('runs on', closed[count - 1]);
  }
  await delay(20);
  same('prints', cell.printed, []);
  same('is an error', errors, []);
};

const hangsUp = (request) => void (request.stream?.session ?? request.socket).destroy();

const viaUndici = [
  (backend) => backend.fetch('x'),
  async (backend) => {
    await backend.request('x');
    return new Response();
  },
];
const viaGot = async (backend) => new Response(await backend.got('x').text());

/** got speaks HTTP/1.1 alone. */
const clientsOf = ({ overHttp2 }) => (overHttp2 ? viaUndici : [...viaUndici, viaGot]);

/** The application's own handler fails with what its backend's call fails with. */
const thrownByEach = (status, answer, spec) => ({
  bare: false,
  async run(cell) {
    cell.backend.answer = answer;
    for (const serve of clientsOf(cell)) {
      const { ask } = await cell.application({ ...spec, serve });
      answers(await ask('/api/billing/x'), status);
    }
  },
});

export const failures = [
  {
    says: 'A backend that gives no answer is a 502 without details',
    async run(cell) {
      cell.backend.answer = hangsUp;
      const { ask } = await cell.application();
      const answer = await ask('/api/billing/x', { body: 'text' });
      answers(answer, 502);
      holds('tells', !/127\.0\.0\.1|localhost|ECONN|socket/.test(answer.text), answer.text);
    },
  },
  {
    says: 'A backend that takes longer than ttfb_timeout is a 504',
    async run(cell) {
      cell.backend.answer = () => undefined;
      const { ask } = await cell.application({ definition: { ttfb_timeout: '100ms' } });
      answers(await ask('/api/billing/x'), 504);
    },
  },
  {
    says: 'An error of a client that the application does not catch is a 502',
    ...thrownByEach(502, hangsUp),
  },
  {
    says: 'An error of its time is a 504',
    ...thrownByEach(504, () => undefined, { definition: { ttfb_timeout: '100ms' } }),
  },
  {
    says: 'A request without the token that its call needs is a 401',
    bare: false,
    async run(cell) {
      const definition = {
        oauth2: {
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          token_endpoint: 'http://127.0.0.1:9/token',
          client_id: 'shop',
          client_secret: 'secret',
          scope: 'read',
        },
      };
      for (const serve of clientsOf(cell)) {
        const { ask } = await cell.application({ definition, serve });
        answers(await ask('/api/billing/x'), 401);
      }
      const { ask } = await cell.application({ definition });
      const answer = await ask('/api/billing/x');
      answers(answer, 401);
      same('is sent', cell.backend.requests.length, 0);
    },
  },
  { says: 'Five clients that leave before the answer are no error, and nothing is printed', run: leaving('before') },
  { says: 'Five clients that leave in the answer are no error, and nothing is printed', run: leaving('in') },
];
