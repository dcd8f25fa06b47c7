/** What comes before the body of an answer: interim answers, and headers of any size. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { replies, writes } from '../backend-server.js';
import { answers, holds, same, within } from '../mismatch.js';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nwell';

/** Interim answers that nobody asked for, then a final one. */
function interim(cell, status, count, value = '1') {
  if (!cell.overHttp2) {
    writes(cell.backend, `${`HTTP/1.1 ${status} Interim\r\nX-Interim: ${value}\r\n\r\n`.repeat(count)}${OK}`);
    return;
  }
  cell.backend.answer = ({ stream }) => {
    stream.on('error', () => undefined);
    for (let sent = 0; sent < count; sent += 1) stream.additionalHeaders({ ':status': status, 'x-interim': value });
    stream.respond({ ':status': 200 });
    stream.end('well');
  };
}

const headed = (bytes) => ({ headers: { 'x-long': 'x'.repeat(bytes) }, body: 'well' });

export const answerHeads = [
  {
    says: 'Interim answers that nobody asked for are passed over, 100 Continue too',
    async run(cell) {
      const { ask } = await cell.application();
      for (const status of [100, 102, 103]) {
        interim(cell, status, status === 103 ? 50 : 1);
        const answer = await ask('/api/billing/x');
        answers(answer, 200);
        same('passes', [answer.text, answer.headers['x-interim']], ['well', undefined]);
      }
    },
  },
  {
    says: 'More than a hundred of them, or 64 KiB, are a 502, and the next request is well',
    async run(cell) {
      const { ask } = await cell.application();
      interim(cell, 103, 101);
      answers(await ask('/api/billing/x'), 502);
      interim(cell, 103, 8, 'x'.repeat(9_000));
      answers(await ask('/api/billing/x'), 502);
      interim(cell, 103, 1);
      answers(await ask('/api/billing/x'), 200);
    },
  },
  {
    says: 'An unasked 101 is a 502, and its connection closes',
    not: { 'HTTP/2': 'HTTP/2 has no 101' },
    async run(cell) {
      let closed;
      cell.backend.answer = ({ socket }) => {
        closed = once(socket, 'close');
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n');
      };
      const { ask } = await cell.application();
      answers(await ask('/api/billing/x'), 502);
      await within('stays open', closed);
    },
  },
  {
    says: '20 KiB of headers pass',
    async run(cell) {
      replies(cell.backend, headed(20 * 1024));
      const { port } = await cell.application();
      // As Node's own client does not.
      const socket = connect(port, '127.0.0.1');
      cell.ends(() => socket.destroy());
      socket.write('GET /api/billing/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      const text = String(Buffer.concat(await within('hangs', socket.toArray())));
      answers({ status: Number(text.slice(9, 12)), text }, 200);
      holds('header lost', text.includes('x'.repeat(20 * 1024)), text.slice(0, 200));
    },
  },
  {
    says: 'More than max_response_header_size is a 502, and the next request is well',
    async run(cell) {
      const { ask } = await cell.application({ definition: { max_response_header_size: 10_000 } });
      replies(cell.backend, headed(12_000));
      answers(await ask('/api/billing/x'), 502);
      replies(cell.backend, headed(5_000));
      answers(await ask('/api/billing/x'), 200);
    },
  },
];
