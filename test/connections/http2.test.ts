import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Backend, type BackendDefinition, type Backends, createBackends, reuse } from 'oauth2-backend';
import { certificateAuthority } from 'test-servers/certificates';
import { type Client, clients, rejection } from '../../packages/oauth2-backend/test/clients/client-world.js';
import { accepted } from '../../packages/oauth2-backend/test/sources/accepted.js';

interface Seen {
  readonly version: string;
  readonly session: unknown;
  readonly token: string | undefined;
  readonly body: string;
}

const authority = certificateAuthority();
const sessions = new Set<http2.ServerHttp2Session>();
const seen: Seen[] = [];
let server: http2.Http2SecureServer;
let origin: string;
const opened: Backends<{ api: BackendDefinition }>[] = [];

beforeAll(async () => {
  server = http2.createSecureServer({ ...authority.server('localhost'), allowHTTP1: true });
  server.on('session', (session) => sessions.add(session));
  server.on('request', (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const token = request.headers.authorization;
      const body = Buffer.concat(chunks).toString();
      const { stream } = request as Partial<http2.Http2ServerRequest>;
      seen.push({ version: request.httpVersion, session: stream?.session, token, body });
      if (request.url === '/silent') return;
      if (request.url === '/half') {
        response.write('half');
        return;
      }
      if (request.url === '/refused' && token === 'Bearer token-1') {
        response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' });
        response.end('refused');
        return;
      }
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `https://localhost:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((backends) => backends.close({ timeout: 0 })));
  seen.length = 0;
});
afterAll(() => {
  for (const session of sessions) session.destroy();
  server.close();
});

function backend(limits: Partial<BackendDefinition> = {}): Backend {
  let issued = 0;
  const source = reuse({
    token: async () => {
      issued += 1;
      return { value: `token-${issued}`, type: 'Bearer', issuedAt: Date.now(), expiresAt: Date.now() + 60_000 };
    },
  });
  const definition = { origin, http2: true, tls: { server_ca_certificate: authority.ca }, oauth2: source, ...limits };
  const backends = createBackends({ api: definition });
  opened.push(backends);
  return backends.get('api');
}

const overHttp2: readonly Client[] = clients.filter(({ name }) => name !== 'got');

describe.each(overHttp2)('$name over HTTP/2', ({ send }) => {
  it('carries the token and the body, call after call over one connection', async () => {
    const api = backend();
    const bodies = Array.from({ length: 20 }, (_, index) => `body ${index}`);
    await send(api, 'x', { method: 'POST', body: 'first' });
    for (const body of bodies) expect((await send(api, 'x', { method: 'POST', body })).body).toBe(body);
    expect(seen.every(({ version, token }) => version === '2.0' && token === 'Bearer token-1')).toBe(true);
    expect(new Set(seen.map(({ session }) => session)).size).toBe(1);
  });

  it('repeats a 401 with its body and a new token', async () => {
    const api = backend();
    await accepted(api.token());
    const answer = await send(api, 'refused', { method: 'POST', body: 'text' });
    expect(answer).toMatchObject({ status: 200, body: 'text' });
    expect(seen.map(({ token, body }) => [token, body])).toEqual([
      ['Bearer token-1', 'text'],
      ['Bearer token-2', 'text'],
    ]);
  });

  it.each([
    ['ttfb_timeout', 'silent'],
    ['timeout', 'silent'],
    ['timeout', 'half'],
  ])('%s ends a call to /%s in time', async (limit, path) => {
    const api = backend({ [limit]: '200ms' });
    const start = performance.now();
    const error = await rejection(send(api, path));
    expect(performance.now() - start).toBeLessThan(500);
    expect(error).toMatchObject({ message: `${limit} of 200 ms is over`, statusCode: 504 });
  });

  it.each(['silent', 'half'])('an abort ends a call to /%s with its reason, not the connection', async (path) => {
    const api = backend();
    await send(api, 'warm');
    const controller = new AbortController();
    const aborted = rejection(send(api, path, { signal: controller.signal }));
    await eventually(() => seen.length === 2);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await aborted).toBe(reason);
    expect(await send(api, 'later')).toMatchObject({ status: 200 });
    expect(seen[2]?.session).toBe(seen[0]?.session);
  });
});

async function eventually(check: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !check(); tries++) {
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
  expect(check()).toBe(true);
}
