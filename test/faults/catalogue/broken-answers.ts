/** Answers that stop, in each way at each place. */
import type { Fault, Wire } from './fault.js';

type Stop = readonly [verb: string, outcome: 'failure' | 'silence', stop: (wire: Wire) => void];

const stops: readonly Stop[] = [
  ['silence', 'silence', () => {}],
  ['a reset', 'failure', (wire) => wire.reset()],
  ['the end of the connection', 'failure', (wire) => wire.close()],
  ['a half-closed connection', 'failure', (wire) => wire.halfClose()],
];

const chunked = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n';
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const half = (text: string) => text.slice(0, text.length / 2);

const places: readonly (readonly [place: string, reaches: 'request' | 'head', begin: (wire: Wire) => void])[] = [
  ['before the answer', 'request', () => {}],
  ['in the status line', 'request', (wire) => wire.write('HTTP/1.1 2')],
  ['in the headers', 'request', (wire) => wire.write('HTTP/1.1 200 OK\r\ncontent-type: appli')],
  ['after an informational answer', 'request', (wire) => wire.write('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n')],
  ['after the headers', 'head', (wire) => wire.write(wire.head)],
  ['in the body', 'head', (wire) => wire.write(wire.head + half(wire.body))],
  ['in a chunk', 'head', (wire) => wire.write(chunked + half(chunk(wire.body)))],
  ['between chunks', 'head', (wire) => wire.write(chunked + chunk(wire.body))],
];

/** Each way of stopping at each place, drips that never end, and what is no answer at all. */
export const brokenAnswers: readonly Fault[] = [
  ...places.flatMap(([place, reaches, begin]) =>
    stops.map(([verb, outcome, stop]) => ({
      name: `${verb} ${place}`,
      reaches,
      outcome,
      request(wire: Wire) {
        begin(wire);
        stop(wire);
      },
    })),
  ),
  {
    name: 'headers that drip for ever',
    reaches: 'request',
    outcome: 'silence',
    request: (wire) => wire.drip(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(10_000)}`, 10),
  },
  {
    name: 'a body that drips for ever',
    reaches: 'head',
    outcome: 'silence',
    request(wire) {
      wire.write('HTTP/1.1 200 OK\r\ncontent-length: 10000\r\n\r\n');
      wire.drip(' '.repeat(10_000), 10);
    },
  },
  {
    name: 'a reset of an answer that only the end of the connection would end',
    reaches: 'head',
    outcome: 'failure',
    request(wire) {
      wire.write(`HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n${wire.body}`);
      wire.reset();
    },
  },
  {
    name: 'a change of protocols that nobody asked for, and silence',
    reaches: 'request',
    outcome: 'failure',
    request: (wire) => wire.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n'),
  },
  {
    name: 'another protocol',
    reaches: 'request',
    outcome: 'failure',
    request: (wire) => wire.write('220 mail.example ESMTP\r\n'),
  },
];
