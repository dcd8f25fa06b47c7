/** `forward` between clients and a backend that do not agree on where a request ends. */
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
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
    let quiet = setTimeout(done, 1_000, false);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      clearTimeout(quiet);
      quiet = setTimeout(done, 150, false);
    });
    socket.on('error', () => {});
    socket.on('close', () => done(true));
    socket.write(bytes, 'latin1');
  });
}

describe.each(forwardingApps)('%s: forward() and shapes of smuggling', (_, open) => {
  let backend: Listening;
  let app: Listening;
  let arrived: string[];
  beforeAll(async () => {
    const server = createServer((request, response) => {
      arrived.push(`${String(request.headers['x-shape'])} ${request.method} ${request.url}`);
      request.resume().on('end', () => response.end(request.url));
    });
    backend = await listen(server);
    app = await open({ origin: backend.origin });
  });
  afterAll(async () => {
    await app.close();
    await backend.close();
  });

  beforeEach(() => {
    arrived = [];
  });

  it.each(smugglingShapes)('gives one answer or closes the connection: %s', async (odd, bytes) => {
    const shape = String(smugglingShapes.findIndex(([name]) => name === odd));
    const { text, closed } = await exchange(app.port, bytes.replace('Host: a\r\n', `Host: a\r\nX-Shape: ${shape}\r\n`));
    const answers = text.match(/HTTP\/1\.1 \d+/g) ?? [];
    expect(answers.length).toBeLessThanOrEqual(1);
    // Without a closed connection it must be clear to both sides where the next request begins.
    if (!closed) expect(text).toMatch(/^HTTP\/1\.1 200 /);
    if (!text.startsWith('HTTP/1.1 200 ')) expect(text === '' || /\r\nConnection: close\r\n/i.test(text)).toBe(true);
    expect(arrived.filter((line) => line.includes('smuggled'))).toEqual([]);
    expect(arrived.filter((line) => line.startsWith(`${shape} `)).length).toBeLessThanOrEqual(answers.length);
  });

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
