/** What the client gets of an answer. */
import { gzipSync } from 'node:zlib';
import { replies, writes } from '../backend-server.js';
import { answers, same } from '../mismatch.js';

const PHRASES = 'HTTP/2 has no reason phrases';

const phrased = (pairs) => ({
  not: { 'HTTP/2': PHRASES },
  async run(cell) {
    const { ask, errors } = await cell.application();
    for (const [phrase, wanted] of pairs) {
      writes(cell.backend, `HTTP/1.1 409 ${phrase}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      const { status, phrase: got } = await ask('/api/billing/x');
      same('phrase lost', [status, got], [409, wanted]);
    }
    same('is an error', errors, []);
  },
});

/** A Location as it comes, and as the client has it. */
const located = (pairs, spec) => async (cell) => {
  const { ask } = await cell.application(spec);
  for (const [location, wanted] of pairs(cell.backend.origin)) {
    replies(cell.backend, { status: 302, headers: { location } });
    const { headers } = await ask('/api/billing/a/b');
    same('leads away', headers.location, wanted);
  }
};

export const backendAnswers = [
  {
    says: 'Status, headers and body are the same, and no type is added',
    async run(cell) {
      replies(cell.backend, { status: 418, headers: { 'x-a': ['1', '2'], etag: '"x"' }, body: 'tea' });
      const { ask } = await cell.application();
      const { status, headers, text } = await ask('/api/billing/x');
      same('changed', [status, headers['x-a'], headers.etag, text], [418, '1, 2', '"x"', 'tea']);
      same('type added', headers['content-type'], undefined);
    },
  },
  { says: 'A reason phrase stays', ...phrased([['Invoice Locked', 'Invoice Locked']]) },
  {
    says: 'A reason phrase that Node cannot write becomes the standard one',
    ...phrased([
      ['f\xfcr', 'Conflict'],
      ['a\x7fb', 'Conflict'],
      ['', 'Conflict'],
    ]),
  },
  {
    says: 'Answers to HEAD, and 204, 205 and 304, have no body, and a length that fits',
    async run(cell) {
      const { ask } = await cell.application();
      const { backend } = cell;
      for (const [method, status, length, wanted] of [
        ['HEAD', 200, '500', '500'],
        ['GET', 304, undefined, undefined],
        ['GET', 204, undefined, undefined],
        ['GET', 205, '0', 'none'],
      ]) {
        backend.answer = (_, response) => {
          response.writeHead(status, length === undefined ? {} : { 'content-length': length });
          response.end();
        };
        const answer = await ask('/api/billing/x', { method });
        answers(answer, status);
        same('body added', answer.text, '');
        // A 205 of length 0 may be one of no chunks.
        if (wanted !== 'none') same('length changed', answer.headers['content-length'], wanted);
      }
    },
  },
  {
    says: 'Set-Cookie and WWW-Authenticate stay behind unless asked for',
    async run(cell) {
      const headers = { 'set-cookie': ['a=1', 'b=2'], 'www-authenticate': 'Bearer scope="x"' };
      replies(cell.backend, { status: 403, headers });
      const { ask } = await cell.application();
      const { headers: kept } = await ask('/api/billing/x');
      same('passes', [kept['set-cookie'], kept['www-authenticate']], [undefined, undefined]);
      const asking = await cell.application({ forward: { passSetCookie: true, passChallenges: true } });
      const { headers: passed } = await asking.ask('/api/billing/x');
      same('lost', [passed['set-cookie'], passed['www-authenticate']], Object.values(headers));
    },
  },
  {
    says: 'Cookies that passCookies names go both ways, their Path below the mount, without Domain',
    async run(cell) {
      const cookies = ['sid=1; Path=/v1/a; Domain=example.com; HttpOnly', 'tracker=2'];
      replies(cell.backend, { headers: { 'set-cookie': cookies } });
      const { ask } = await cell.application({ forward: { passCookies: ['sid'] } });
      const { headers } = await ask('/api/billing/x', { headers: { cookie: 'a=b; sid=7; c=d' } });
      same('cookies pass', cell.backend.requests[0].headers.cookie, 'sid=7');
      const got = (headers['set-cookie'] ?? []).map((one) => one.toLowerCase().split(/; */).sort().join('; '));
      same('cookies pass', got, ['httponly; path=/api/billing/a; sid=1']);
    },
  },
  {
    says: 'A Location below the backend points below the mount',
    run: located((origin) => [
      ['/v1/invoices/5', '/api/billing/invoices/5'],
      [`${origin}/v1/x?y#z`, '/api/billing/x?y#z'],
      ['https://elsewhere.example/x', 'https://elsewhere.example/x'],
      ['/v1//evil.example', '/api/billing//evil.example'],
    ]),
  },
  {
    says: 'A Location that the backend makes of X-Forwarded-Host and -Prefix is left alone',
    async run(cell) {
      cell.backend.answer = (request, response) => {
        const { 'x-forwarded-proto': proto, 'x-forwarded-host': host, 'x-forwarded-prefix': prefix } = request.headers;
        response.writeHead(302, { location: `${proto}://${host}${prefix}/invoices/7` });
        response.end();
      };
      const { ask } = await cell.application({ forward: { forwarded: 'x-forwarded' } });
      const { headers } = await ask('/api/billing/invoices', { headers: { host: 'shop.example' } });
      same('leads away', headers.location, 'http://shop.example/api/billing/invoices/7');
    },
  },
  {
    says: 'A 407, which speaks to a proxy, is a 502',
    async run(cell) {
      replies(cell.backend, { status: 407, headers: { 'proxy-authenticate': 'Basic' }, body: 'no' });
      const { ask } = await cell.application();
      const answer = await ask('/api/billing/x');
      answers(answer, 502);
      same('passes', answer.headers['proxy-authenticate'], undefined);
    },
  },
  {
    says: 'Headers of the connection, and those that it names, stay behind',
    not: { 'HTTP/2': 'HTTP/2 has no Connection' },
    async run(cell) {
      const lines =
        'Connection: close, X-Named\r\nX-Named: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: x\r\nUpgrade: h2c';
      writes(cell.backend, `HTTP/1.1 200 OK\r\n${lines}\r\nX-Kept: 1\r\nX-Kept: 2\r\nContent-Length: 0\r\n\r\n`);
      const { ask } = await cell.application();
      const { raw } = await ask('/api/billing/x');
      const names = raw.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
      const ours = names.filter((name) => !['date', 'connection', 'keep-alive'].includes(name));
      same('passes', ours.filter((name) => name !== 'x-powered-by' && name !== 'cache-control').sort(), [
        'content-length',
        'x-kept',
        'x-kept',
      ]);
    },
  },
  {
    says: 'A middleware that compresses compresses an answer of known length',
    async run(cell) {
      replies(cell.backend, {
        headers: { 'content-type': 'text/plain', 'content-length': '6000' },
        body: 'hello '.repeat(1000),
      });
      const { ask } = await cell.application({ compress: true });
      const { headers } = await ask('/api/billing/x', { headers: { 'accept-encoding': 'gzip' } });
      same('not compressed', headers['content-encoding'], 'gzip');
    },
  },
  {
    says: 'What fetch gives is an answer of the application: status, headers, and each piece when it comes',
    bare: false,
    async run(cell) {
      let finish;
      cell.backend.answer = (_, response) => {
        response.writeHead(202, { 'content-type': 'text/event-stream', 'x-a': '1' });
        response.write('one ');
        finish = () => response.end('two');
      };
      const { begin } = await cell.application({ serve: (backend) => backend.fetch('x') });
      const { request, head } = begin('/api/billing/x', { method: 'GET' });
      request.end();
      const answer = await head;
      const chunks = [];
      for await (const chunk of answer) {
        chunks.push(String(chunk));
        finish();
      }
      same('changed', [answer.statusCode, answer.headers['x-a'], chunks], [202, '1', ['one ', 'two']]);
    },
  },
  {
    says: 'What fetch has decoded goes out without the headers that describe other bytes',
    bare: false,
    async run(cell) {
      const bytes = gzipSync('an invoice');
      const headers = { 'content-encoding': 'gzip', 'content-length': String(bytes.length), 'x-a': '1' };
      replies(cell.backend, { headers, body: bytes });
      const { ask } = await cell.application({ serve: (backend) => backend.fetch('x') });
      const { headers: got, text } = await ask('/api/billing/x');
      same('changed', [text, got['content-encoding'], got['x-a']], ['an invoice', undefined, '1']);
    },
  },
];
