/** `forward` between clients and a backend that do not agree on where a request ends. */
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Listening, listen } from 'test-servers/listen';
import { forwardingApps } from './forwarding-apps.js';
import { smugglingShapes } from './smuggling.js';

/** Writes bytes; gives all that comes back until the connection is closed or nothing has come for a while. */
function exchange(port: number, bytes: string): Promise<{ readonly text: string; readonly closed: boolean }> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const done = (closed: boolean) => {
      socket.destroy();
      clearTimeout(quiet);
      resolve({ text, closed });
    };
    // All but a good answer must close the connection: a busy machine may be late with it.
    let quiet = setTimeout(done, 8_000, false);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      clearTimeout(quiet);
      quiet = setTimeout(done, text.startsWith('HTTP/1.1 200 ') ? 300 : 8_000, false);
    });
    socket.on('error', () => {});
    socket.on('close', () => done(true));
    socket.write(bytes, 'latin1');
  });
}

/** A sign for each shape, which its own and the smuggled request carry; of one letter, so that no length changes. */
const signOf = (index: number) => String.fromCharCode('A'.charCodeAt(0) + index);

describe.each(forwardingApps)('%s: forward() and shapes of smuggling', (_, open) => {
  let backend: Listening;
  let app: Listening;
  let exchanges: Awaited<ReturnType<typeof exchange>>[];
  const arrived: { readonly own: unknown; readonly smuggled: unknown }[] = [];
  beforeAll(async () => {
    const server = createServer((request, response) => {
      arrived.push({ own: request.headers['x-shape'], smuggled: request.headers['x-smuggled'] });
      request.resume().on('end', () => response.end(request.url));
    });
    backend = await listen(server);
    app = await open({ origin: backend.origin });
    exchanges = await Promise.all(
      smugglingShapes.map(([, bytes], index) => {
        const marked = bytes.replaceAll('X-Smuggled: 1', `X-Smuggled: ${signOf(index)}`);
        return exchange(app.port, marked.replace('Host: a\r\n', `Host: a\r\nX-Shape: ${signOf(index)}\r\n`));
      }),
    );
  });
  afterAll(async () => {
    await app.close();
    await backend.close();
  });

  it.each(smugglingShapes.map(([odd], index) => [odd, index] as const))(
    'gives one answer or closes the connection: %s',
    (_odd, index) => {
      const { text, closed } = exchanges[index] as (typeof exchanges)[number];
      const answers = text.match(/HTTP\/1\.1 \d+/g) ?? [];
      expect(answers.length).toBeLessThanOrEqual(1);
      // Without a closed connection it must be clear to both sides where the next request begins.
      if (!closed) expect(text).toMatch(/^HTTP\/1\.1 200 /);
      if (!text.startsWith('HTTP/1.1 200 ')) expect(text === '' || /\r\nConnection: close\r\n/i.test(text)).toBe(true);
      expect(arrived.filter(({ smuggled }) => smuggled === signOf(index))).toEqual([]);
      expect(arrived.filter(({ own }) => own === signOf(index)).length).toBeLessThanOrEqual(answers.length);
    },
  );

  it('answers what comes next with what belongs to it', async () => {
    const asked = await Promise.all(
      Array.from({ length: 20 }, (_each, number) =>
        exchange(app.port, `GET /clean/${number} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`),
      ),
    );
    const ends = asked.map(({ text }) => text.slice(text.lastIndexOf('\r\n\r\n')));
    for (const [number, end] of ends.entries()) expect(end).toContain(`/clean/${number}`);
  });
});
