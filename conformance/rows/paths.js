/** Which path the backend is asked for. */
import { answers, holds, same } from '../mismatch.js';

const urls = ({ backend }) => backend.requests.map(({ url }) => url);

/** What the backend is asked for when the client asks for each of these. */
const sends = (pairs, spec) => async (cell) => {
  const { ask } = await cell.application(spec);
  for (const [target, url] of pairs) {
    answers(await ask(target), 200);
    same('path changed', urls(cell).at(-1), url);
  }
};

/** These are answered 400, and nothing is sent. */
const refuses = (targets, spec) => async (cell) => {
  const { ask, errors } = await cell.application(spec);
  for (const target of targets) {
    const { status } = await ask(target);
    holds('passes', status === 400 || status === 404, `${target} was answered ${status}`);
  }
  same('passes', urls(cell), []);
  same('is an error', errors, []);
};

export const paths = [
  {
    says: 'The path below the mount is the one that is sent',
    run: sends([
      ['/api/billing/invoices/7?a=b', '/v1/invoices/7?a=b'],
      ['/api/billing/', '/v1/'],
      ['/api/billing', '/v1'],
    ]),
  },
  {
    says: 'The mount with a query gets no slash in between',
    run: sends([
      ['/api/billing?page=2', '/v1?page=2'],
      ['/api/billing/?page=2', '/v1/?page=2'],
    ]),
  },
  {
    says: 'Without a path_prefix the mount is the root',
    async run(cell) {
      const { ask } = await cell.application({ definition: { path_prefix: undefined } });
      answers(await ask('/api/billing?page=2'), 200);
      same('path changed', urls(cell), ['/?page=2']);
    },
  },
  {
    says: 'Double slashes, quotes and percent signs arrive as they came',
    run: sends([
      ['/api/billing//a//b/', '/v1//a//b/'],
      ["/api/billing/a'b?c='%27%61{|}", "/v1/a'b?c='%27%61{|}"],
      ['/api/billing/%2F%c3%A4?%zz', '/v1/%2F%c3%A4?%zz'],
    ]),
  },
  {
    says: 'A whole URL with a plain host is its path, and its host takes the place of Host',
    async run(cell) {
      const { ask } = await cell.application({ forward: { forwarded: 'x-forwarded' } });
      const headers = { host: 'other.example' };
      answers(await ask('http://shop.example:81/api/billing/x?a', { headers }), 200);
      same('path changed', urls(cell), ['/v1/x?a']);
      same('host lost', cell.backend.requests[0].headers['x-forwarded-host'], 'shop.example:81');
    },
  },
  {
    says: 'A whole URL whose host two readers read differently is 400 or 404, and nothing is sent',
    run: refuses([
      "http://h;/api/billing/x'",
      "http://h'/api/billing/x",
      'http://h::/api/billing',
      'http://u@h/api/billing',
    ]),
  },
  {
    says: 'A percent-encoded letter or digit in the path is 400',
    run: refuses(['/api/billing/%61dmin', '/api/billing/%31']),
  },
  {
    says: 'A path that climbs out of the backend is not sent',
    run: refuses(['/api/billing/../admin', '/api/billing/a/%2e%2e/%2e%2E/admin', '/api/billing/..\\admin']),
  },
  {
    says: 'Below a wildcard mount nothing is sent where the framework leaves no path',
    async run(cell) {
      const { ask, errors } = await cell.application({ wildcard: true });
      const { status } = await ask('/api/billing/invoices/7', { method: 'DELETE' });
      if (cell.isKoa || cell.bare) {
        same('path changed', urls(cell), [cell.bare ? '/v1/invoices/7' : '/v1/api/billing/invoices/7']);
        return;
      }
      same('path changed', [status, urls(cell)], [500, []]);
      const [error] = errors;
      if (error)
        holds('says nothing', String(error.message ?? error).includes('mount'), 'the error does not name mount');
    },
  },
  {
    says: 'A wildcard mount with the option mount sends what is below',
    run: sends([['/api/billing/invoices/7?a=b', '/v1/invoices/7?a=b']], {
      wildcard: true,
      forward: { mount: '/api/billing' },
    }),
  },
];
