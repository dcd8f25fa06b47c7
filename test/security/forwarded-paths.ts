/** Request targets of all kinds through `forward`: what the framework's guard saw, and what the backend got. */
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { listen } from 'test-servers/listen';
import type { OpenForwardingApp } from './forwarding-apps.js';

/** One request. */
export interface Passage {
  readonly target: string;
  /** As the framework has it; `undefined` when it never saw the request. */
  readonly guarded: string | undefined;
  /** Path and query as they arrived at the backend; `undefined` when nothing did. */
  readonly sent: string | undefined;
}

/** Targets to send: each part is as likely to be harmless as not. The same seed gives the same. */
export function targets(count: number, seed: number): string[] {
  const random = randomNumbers(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const segment = () => `/${pick(random() < 0.7 ? PLAIN : ODD)}${random() < 0.8 ? '' : pick(TAILS)}`;
  const path = () => Array.from({ length: Math.floor(random() * 4) }, segment).join('');
  return Array.from({ length: count }, () => `${pick(STARTS)}${pick(MOUNTS)}${path()}${pick(QUERIES)}`);
}

/** Sends them one after another over a few connections; mounted where `mount` is given. */
export async function passages(
  open: OpenForwardingApp,
  given: readonly string[],
  { mount, path_prefix = '' }: { readonly mount?: string; readonly path_prefix?: string },
): Promise<Passage[]> {
  const guarded = new Map<string, string>();
  const sent = new Map<string, string>();
  const backend = await listen(
    createServer((request, response) => {
      sent.set(String(request.headers['x-id']), request.url ?? '');
      response.writeHead(204).end();
    }),
  );
  const guard = (path: string, id: string) => void guarded.set(id, path);
  const app = await open({ origin: backend.origin, path_prefix, mount, guard });
  let next = 0;
  const line = async () => {
    let socket: Socket | undefined;
    while (next < given.length) {
      const id = next;
      next += 1;
      socket = await request(socket ?? connect(app.port, '127.0.0.1'), `${given[id]}`, id);
    }
    socket?.destroy();
  };
  await Promise.all(Array.from({ length: 8 }, line));
  await app.close();
  await backend.close();
  return given.map((target, id) => ({ target, guarded: guarded.get(String(id)), sent: sent.get(String(id)) }));
}

/** Gives the connection back where it can be used again: after the backend's own answer. */
function request(socket: Socket, target: string, id: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    const done = (again: boolean) => {
      socket.removeAllListeners();
      socket.on('error', () => {});
      if (!again) socket.destroy();
      resolve(again ? socket : undefined);
    };
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (answer.includes('\r\n\r\n')) done(answer.startsWith('HTTP/1.1 204'));
    });
    socket.on('error', () => done(false));
    socket.on('close', () => done(false));
    socket.write(`GET ${target} HTTP/1.1\r\nHost: shop.example\r\nX-Id: ${id}\r\n\r\n`, 'latin1');
  });
}

const STARTS = [
  ...Array(12).fill(''),
  '/',
  'http://shop.example',
  'HTTP://[::1]:8080',
  'https://shop.example:443',
  'http://h;',
  "http://h'",
  'http://h%2f',
  'http://h::1',
  'http://u:p@h',
  'http://',
  'http:',
  'http:/',
  'ws://h',
  'h:80',
  '*',
  '\\',
  '?',
  '#',
];

const MOUNTS = [...Array(12).fill('/api'), '', '/api/', '/API', '/%61pi', '/api;v', '//api', '/apix', '/api/api'];

const PLAIN = [
  'a',
  'admin',
  'Admin',
  'invoices',
  '7',
  '',
  "a'b",
  'a:b@c',
  'a~!$&()*+,=b',
  'a%2fb',
  'a%20b',
  'x'.repeat(80),
];

const ODD = [
  '%61dmin',
  'adm%69n',
  '%2561dmin',
  '.',
  '..',
  '%2e',
  '%2E%2e',
  '%252e%252e',
  '...',
  'a%5cb',
  'a\\b',
  'a"b',
  'a{b}|^`<>',
  'a%00b',
  '%',
  '%zz',
  '%c0%ae',
  '%e2%82%ac',
  '\xe9',
  'a b',
  'a\tb',
];

const TAILS = [';v', ';jsessionid=1', '#f', '%2f', '//', '.', '%3f', '%23', '?q'];

const QUERIES = [
  ...Array(6).fill(''),
  '?',
  '?page=2',
  "?a='%27%61",
  '?a=/../b',
  '?a=http://evil.example/',
  '?a?b=c',
  '?%2561=|{}',
  '?a=\\b',
  '?a=\xe9',
  '?a=b#c',
];

/** Numbers from 0 to 1 (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
