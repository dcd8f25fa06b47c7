/** What an inbound request may say in its headers, byte for byte: no user becomes another, and nothing slips through. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiServer, apiServer } from 'test-servers/api-server';
import { formOf, type TokenServer, tokenServer } from 'test-servers/token-server';
import { type Application, applications } from './applications.js';

let tokens: TokenServer;
let api: ApiServer;
let application: Application;

beforeEach(async () => {
  [tokens, api] = await Promise.all([tokenServer(), apiServer()]);
});
afterEach(() => Promise.all([application.close(), tokens.close(), api.close()]));

const LENT = ['x-request-id', 'traceparent', 'accept-language', 'user-agent', 'x-tenant'];
const definition = () => ({
  origin: api.origin,
  forward_headers: LENT,
  oauth2: {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange' as const,
    token_endpoint: tokens.url,
    client_id: 'shop',
    client_secret: 'very-secret',
  },
});

/** Sends header lines as they are, in Latin-1; gives the answer's status, 0 where the connection ended without one. */
async function ask(path: string, ...lines: string[]): Promise<number> {
  const socket = connect(application.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => {});
  socket.write(
    Buffer.from([`GET ${path} HTTP/1.1`, 'host: app', 'connection: close', ...lines, '', ''].join('\r\n'), 'latin1'),
  );
  const answer = await text(socket).catch(() => '');
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
}

describe.each(applications)('an inbound Authorization header, in %s', (_name, start) => {
  it.each<[string, string[]]>([
    ['none', []],
    ['an empty one', ['authorization:']],
    ['two', ['authorization: Bearer ann', 'authorization: Bearer bob']],
    ['two that are the same', ['authorization: Bearer ann', 'Authorization: Bearer ann']],
    ['another scheme beside it', ['authorization: Basic YTpi', 'authorization: Bearer ann']],
    ['a list', ['authorization: Bearer ann, Bearer bob']],
    ['no token', ['authorization: Bearer']],
    ['another scheme', ['authorization: Basic YTpi']],
    ['a token of two words', ['authorization: Bearer ann bob']],
    ['a token in quotes', ['authorization: Bearer "ann"']],
    ['a tab', ['authorization: Bearer\tann']],
    ['Latin-1', ['authorization: Bearer \u00e4nn']],
    ['bytes of UTF-8', [`authorization: Bearer ${Buffer.from('änn').toString('latin1')}`]],
    ['a control character', ['authorization: Bearer a\u0001nn']],
    ['a NUL', ['authorization: Bearer a\u0000nn']],
    ['a folded line', ['authorization: Bearer', ' ann']],
    ['15 KB of blanks', [`authorization: Bearer ${' '.repeat(15_000)}`]],
    ['15 KB that are none', [`authorization: Bearer ${'a'.repeat(15_000)}"`]],
    ['100 KB', [`authorization: Bearer ${'a'.repeat(100_000)}`]],
    ['a name with a blank', ['authorization : Bearer ann']],
  ])('with %s is no user: nothing is sent', async (_what, lines) => {
    application = await start(definition());
    for (const way of ['got', 'fetch']) {
      expect([400, 401, 431]).toContain(await ask(`/${way}/invoices`, ...lines));
    }
    expect([tokens.requests, api.requests]).toEqual([[], []]);
  });

  it('is exchanged as it is, whatever else is in the request', async () => {
    application = await start(definition());
    await ask(
      '/got/a?access_token=other',
      'x-authorization: Bearer other',
      'authorization: bEARER  ann',
      'cookie: a=b',
    );
    expect(tokens.requests.map(formOf)).toEqual([expect.objectContaining({ subject_token: 'ann' })]);
    expect(api.tokens()).toEqual(['token-1']);
    expect(api.requests[0]?.headers.cookie).toBeUndefined();
  });
});

describe.each(applications)('forward_headers, in %s', (_name, start) => {
  it.each(['got', 'fetch'])('carry the listed ones on through %s, to the API only', async (way) => {
    application = await start(definition());
    const lines = ['X-Request-Id: r1', 'traceparent: 00-a-b-01', 'accept-language: de', 'user-agent: browser/1'];
    const others = ['cookie: a=b', 'x-other: o', 'referer: http://x'];
    expect(await ask(`/${way}/a`, 'authorization: Bearer ann', ...lines, ...others)).toBe(200);
    const [{ headers } = { headers: {} }] = api.requests;
    expect(headers).toMatchObject({
      'x-request-id': 'r1',
      traceparent: '00-a-b-01',
      'accept-language': 'de',
      'user-agent': 'browser/1',
      authorization: 'Bearer token-1',
    });
    for (const name of ['cookie', 'x-other', 'referer', 'x-tenant']) expect(headers).not.toHaveProperty(name);
    const [asked] = tokens.requests;
    expect(asked?.headers['user-agent']).toBe('oauth2-backend');
    for (const name of LENT.slice(0, 3)) expect(asked?.headers).not.toHaveProperty(name);
  });

  it.each(['got', 'fetch'])('carry nothing else on through %s, however it is written', async (way) => {
    application = await start(definition());
    const bearer = 'authorization: Bearer ann';
    const attempts: string[][] = [
      ['x-request-id: r1\u0001', 'x-request-id: r1'],
      ['x-request-id: r1\r\n authorization: Bearer evil'],
      ['x-request-id: r1\nauthorization: Bearer evil'],
      ['x-request-id: r1\rauthorization: Bearer evil'],
      ['x-request-id : r1'],
      ['X-REQUEST-ID: r1, authorization: Bearer evil'],
      ['connection: x-request-id, authorization', 'x-request-id: r1'],
      ['x-tenant: a', 'x-tenant: b'],
      [`x-tenant: ${'a'.repeat(10_000)}`],
      ['__proto__: x', 'constructor: y', 'x-tenant: z'],
      ['transfer-encoding: chunked', 'content-length: 0'],
    ];
    for (const lines of attempts) await ask(`/${way}/a`, bearer, ...lines);
    for (const { headers, method } of api.requests) {
      expect(method).toBe('GET');
      expect(headers.authorization).toBe('Bearer token-1');
      const named = Object.keys(headers).filter((name) => LENT.includes(name) || /proto|constructor|evil/.test(name));
      expect(LENT).toEqual(expect.arrayContaining(named));
    }
    expect(api.requests.find(({ headers }) => headers['x-tenant'] === 'a, b')).toBeDefined();
  });

  it("leave the call's own alone, and the backend's modifiers come after", async () => {
    application = await start({
      ...definition(),
      remove_request_headers: ['traceparent'],
      set_request_headers: { 'x-tenant': 'mine' },
    });
    await ask('/fetch/a', 'authorization: Bearer ann', 'traceparent: t', 'x-tenant: theirs', 'x-request-id: r1');
    expect(api.requests[0]?.headers).toMatchObject({ 'x-tenant': 'mine', 'x-request-id': 'r1' });
    expect(api.requests[0]?.headers).not.toHaveProperty('traceparent');
  });
});
