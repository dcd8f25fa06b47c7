/** Whole answers that a client has to take as they are. */
import type { Fault, Wire } from './fault.js';

/** Good answers in an odd form, and answers that say no. */
export const oddAnswers: readonly Fault[] = [
  good('HTTP/1.0 without a length', (wire) => {
    wire.write(`HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n${wire.body}`);
    wire.close();
  }),
  good('HTTP/1.1 without a length', (wire) => {
    wire.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n${wire.body}`);
    wire.close();
  }),
  good('100 first', (wire) => wire.write(`HTTP/1.1 100 Continue\r\n\r\n${wire.head}${wire.body}`)),
  good('103 first, five times', (wire) =>
    wire.write(`${'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(5)}${wire.head}${wire.body}`),
  ),
  good('an answer that drips, and ends', (wire) => wire.drip(wire.head + wire.body, 0)),
  good('an answer whose connection is half-closed after it', (wire) => {
    wire.write(wire.head + wire.body);
    wire.halfClose();
  }),
  good('an answer whose connection is closed after it', (wire) => {
    wire.write(wire.head + wire.body);
    wire.close();
  }),
  ...[301, 302, 303, 307, 308].map((status) => refusal(status, { location: 'http://127.0.0.1:9/elsewhere' })),
  ...[400, 401, 403, 404, 408, 429, 500, 502, 503, 504].map((status) => refusal(status)),
  ...[429, 503].flatMap((status) => [
    refusal(status, { 'retry-after': '7' }, { name: `${status} that asks for 7 s`, retryAfter: 7_000 }),
    refusal(status, {}, { name: `${status} that asks for a time in 7 s`, retryAfter: 7_000 }),
  ]),
];

function good(name: string, request: (wire: Wire) => void): Fault {
  return { name, reaches: 'all', outcome: 200, request };
}

/** An answer with a body that is no token, on a connection that may be used again. */
function refusal(status: number, headers: Record<string, string> = {}, more: Partial<Fault> = {}): Fault {
  return {
    name: String(status),
    reaches: 'all',
    outcome: status,
    ...more,
    request(wire) {
      const asked = more.retryAfter !== undefined && headers['retry-after'] === undefined;
      const date = asked ? { 'retry-after': new Date(wire.now + (more.retryAfter ?? 0)).toUTCString() } : {};
      const lines = Object.entries({ ...headers, ...date }).map(([name, value]) => `${name}: ${value}\r\n`);
      const body = `<html>${status}</html>`;
      wire.write(`HTTP/1.1 ${status} No\r\n${lines.join('')}content-length: ${body.length}\r\n\r\n${body}`);
    },
  };
}
