/** Which headers of a request arrive. */
import { once } from 'node:events';
import { answers, same, within } from '../mismatch.js';

/** What of these the backend saw of one request. */
async function seen(cell, spec, headers, names) {
  const { ask } = await cell.application(spec);
  answers(await ask('/api/billing/x', { headers }), 200);
  const { headers: got } = cell.backend.requests.at(-1);
  return Object.fromEntries(names.map((name) => [name, got[name]]).filter(([, value]) => value !== undefined));
}

const withholds = (headers, spec) => async (cell) => {
  same('passes', await seen(cell, spec, headers, Object.keys(headers)), {});
};

export const requestHeaders = [
  {
    says: "The backend gets its token, and neither the client's Authorization nor its cookies",
    async run(cell) {
      const sent = { authorization: 'Bearer of-the-client', cookie: 'session=1' };
      const names = ['authorization', 'cookie'];
      same('passes', await seen(cell, {}, sent, names), { authorization: 'Bearer good' });
    },
  },
  {
    says: 'All other headers arrive, several of a name too',
    async run(cell) {
      const sent = {
        'x-list': ['1', '2'],
        accept: 'text/x',
        'if-none-match': '"x"',
        range: 'bytes=0-1',
        te: 'trailers',
      };
      const wanted = { 'x-list': '1, 2', accept: 'text/x', 'if-none-match': '"x"', range: 'bytes=0-1' };
      same('header lost', await seen(cell, {}, sent, Object.keys(wanted)), wanted);
    },
  },
  {
    says: 'What only a proxy may say stays behind, in any spelling',
    run: withholds({
      'x-forwarded-for': '1.2.3.4',
      'x.forwarded.for': '1.2.3.4',
      x_forwarded_host: 'evil.example',
      forwarded: 'for=1.2.3.4',
      'x-real-ip': '1.2.3.4',
      'client-ip': '1.2.3.4',
      'client.ip': '1.2.3.4',
      'x-original-url': '/admin',
      proxy: 'http://evil.example',
    }),
  },
  {
    says: "The client's Connection cannot name what the application has set",
    async run(cell) {
      const before = (request) => {
        request.headers['x-user'] = 'alice';
      };
      const sent = { 'x-user': 'mallory', 'x-own': '1', connection: 'x-user, x-own' };
      same('header lost', await seen(cell, { before }, sent, ['x-user', 'x-own']), { 'x-user': 'alice' });
    },
  },
  {
    says: 'What the application has deleted, changed or added in req.headers travels so',
    async run(cell) {
      const before = ({ headers }) => {
        delete headers['x-role'];
        Object.assign(headers, { 'x-user': 'alice', 'x-tenant': 'one' });
      };
      const sent = { 'x-role': 'admin', 'x-user': 'mallory', 'x-kept': '1' };
      const wanted = { 'x-user': 'alice', 'x-tenant': 'one', 'x-kept': '1' };
      same('changed', await seen(cell, { before }, sent, ['x-role', ...Object.keys(wanted)]), wanted);
    },
  },
  {
    says: "A header that a function of the application gives takes the place of the client's",
    async run(cell) {
      const names = ['x-user', 'x_user', 'x-gone'];
      const definition = {
        set_request_headers: { 'x-user': async ({ signal }) => signal && 'alice', 'x-gone': () => undefined },
      };
      const sent = { 'x-user': 'mallory', x_user: 'mallory', 'x-gone': 'mallory' };
      same('passes', await seen(cell, { definition }, sent, names), { 'x-user': 'alice' });
    },
  },
  {
    says: 'Framing, Host and credentials are never read from req.headers',
    async run(cell) {
      const before = ({ headers }) => {
        const added = {
          'content-length': '3',
          'transfer-encoding': 'chunked',
          authorization: 'Basic x',
          cookie: 'a=b',
        };
        Object.assign(headers, { ...added, host: 'evil.example', 'x-forwarded-for': '1.2.3.4', connection: 'x-kept' });
      };
      const { ask } = await cell.application({ before });
      answers(await ask('/api/billing/x', { body: 'hello', headers: { 'x-kept': '1' } }), 200);
      const [{ headers, body }] = cell.backend.requests;
      same('body cut', String(await body()), 'hello');
      same(
        'passes',
        [headers.authorization, headers.cookie, headers['x-forwarded-for']],
        ['Bearer good', undefined, undefined],
      );
      same('host lost', headers.host ?? headers[':authority'], new URL(cell.backend.origin).host);
      same('header lost', headers['x-kept'], '1');
    },
  },
  {
    says: 'A line end in what the application sets is an error, and nothing is sent',
    async run(cell) {
      const before = ({ headers }) => {
        headers['x-user'] = 'a\r\nx-role: admin';
      };
      const { ask } = await cell.application({ before });
      answers(await ask('/api/billing/x'), 500);
      same('is sent', cell.backend.requests.length, 0);
    },
  },
  {
    says: 'A header whose name is no token, or whose value has control characters, is 400',
    async run(cell) {
      const { write } = await cell.application({ server: { insecureHTTPParser: true } });
      for (const line of ['X-A : 1', 'X(A): 1', 'X-A: a\x01b']) {
        const text = await write(`GET /api/billing/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${line}\r\n\r\n`);
        same('passes', text.slice(0, 12), 'HTTP/1.1 400');
      }
      same('passes', cell.backend.requests.length, 0);
    },
  },
  {
    says: 'Who asked is told where the application wants it, and only by it',
    async run(cell) {
      const wanted = {
        'x-forwarded-host': 'shop.example',
        'x-forwarded-proto': 'http',
        'x-forwarded-prefix': '/api/billing',
      };
      const sent = { host: 'shop.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-prefix': '/evil' };
      same('lost', await seen(cell, { forward: { forwarded: 'x-forwarded' } }, sent, Object.keys(wanted)), wanted);
    },
  },
  {
    says: 'What a trusted proxy in front has said is added to',
    async run(cell) {
      const sent = { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-prefix': '/outer', 'x-forwarded-proto': 'https' };
      const wanted = {
        'x-forwarded-for': '192.0.2.1, 127.0.0.1',
        'x-forwarded-prefix': '/outer/api/billing',
        'x-forwarded-proto': 'https',
      };
      const forward = { forwarded: 'x-forwarded', trustForwarded: true };
      const got = await seen(cell, { forward }, sent, Object.keys(wanted));
      const proto = got['x-forwarded-proto']?.split(', ')[0];
      same('lost', { ...got, 'x-forwarded-proto': proto }, wanted);
    },
  },
  {
    says: 'A client that waits for 100 Continue gets it, and its body arrives',
    async run(cell) {
      const { begin } = await cell.application();
      const { request, head } = begin('/api/billing/x', { headers: { expect: '100-continue', 'content-length': 5 } });
      request.flushHeaders();
      await within('hangs', once(request, 'continue'));
      request.end('hello');
      const answer = await within('hangs', head);
      answers({ status: answer.statusCode, text: '' }, 200);
      const [{ headers, body }] = cell.backend.requests;
      same('body lost', String(await body()), 'hello');
      same('passes', headers.expect, undefined);
    },
  },
  {
    says: "The backend's own host is asked for",
    async run(cell) {
      const { ask } = await cell.application();
      answers(await ask('/api/billing/x', { headers: { host: 'shop.example' } }), 200);
      const [{ headers }] = cell.backend.requests;
      same('host lost', headers.host ?? headers[':authority'], new URL(cell.backend.origin).host);
    },
  },
  {
    says: 'Only the methods that are allowed are sent, the others are 405, TRACE 501',
    async run(cell) {
      const { ask } = await cell.application({ forward: { methods: ['GET'] } });
      const refused = await ask('/api/billing/x', { method: 'DELETE' });
      answers(refused, 405);
      same('no Allow', refused.headers.allow, 'GET');
      answers(await ask('/api/billing/x', { method: 'TRACE' }), 501);
      same('is sent', cell.backend.requests.length, 0);
    },
  },
];
