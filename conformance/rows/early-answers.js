/** Answers that come before their request has ended. */
import { once } from 'node:events';
import { Agent } from 'node:http';
import { answers, same, within } from '../mismatch.js';

/** The backend gives this status before the upload has ended. */
const early = (status, headers) => async (cell) => {
  cell.backend.answer = (_, response) => {
    response.writeHead(status, headers);
    response.end('enough');
  };
  const { begin } = await cell.application({ renews: status === 401 });
  const agent = new Agent({ keepAlive: true });
  cell.ends(() => agent.destroy());
  const { request, head } = begin('/api/billing/x', { agent });
  request.write('hello');
  const answer = await within('hangs', head);
  const text = String(Buffer.concat(await within('hangs', answer.toArray())));
  answers({ status: answer.statusCode, text }, status);
  same('body lost', text, 'enough');
  same('stays open', answer.headers.connection, 'close');
  await within('stays open', once(request.socket, 'close'));
  same('repeated', cell.backend.requests.length, 1);
};

export const earlyAnswers = [
  {
    says: 'A 413 that comes before the upload has ended is given, and the connection closes',
    run: early(413),
  },
  {
    says: 'An 8 MiB upload that is answered 413 and closed at once gets its 413',
    async run(cell) {
      cell.backend.answer = (request, response) => {
        response.writeHead(413, cell.overHttp2 ? {} : { connection: 'close' });
        response.end('too large', () => cell.overHttp2 || request.socket.end());
      };
      const { begin } = await cell.application();
      const { request, head } = begin('/api/billing/x', { headers: { 'content-length': 8 * 1024 * 1024 } });
      for (let sent = 0; sent < 8 * 16; sent += 1) request.write(Buffer.alloc(65_536));
      request.end();
      const answer = await within('hangs', head);
      answers({ status: answer.statusCode, text: '' }, 413);
      same('body lost', String(Buffer.concat(await within('hangs', answer.toArray()))), 'too large');
    },
  },
  {
    says: 'A 401 that comes before the upload has ended is given, and not repeated',
    run: early(401, { 'www-authenticate': 'Bearer error="invalid_token"' }),
  },
];
