import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AuthorizationHeaderError } from 'oauth2-backend';
import { type RecordingServer, recordingServer } from 'test-servers/recording-server';
import { clients, rejection } from './client-world.js';
import { ask, type ForwardWorld, forwardWorld } from './forward/forward-world.js';
import { rawServer } from './raw-server.js';

const HEADER = 'x-amz-access-token';
const BASIC = `Basic ${Buffer.from('u:p').toString('base64')}`;

let world: ForwardWorld;
let api: RecordingServer;
beforeEach(async () => {
  world = await forwardWorld();
  // It refuses the first token, and says nothing of Bearer.
  api = await recordingServer(({ headers }) => ({ status: headers[HEADER]?.includes('token-1') ? 401 : 200 }));
});
afterEach(() => Promise.all([world.close(), api.close()]));

const amazon = { token_header: 'X-Amz-Access-Token', token_prefix: '' };
const seen = () => api.requests.map(({ headers }) => [headers[HEADER], headers.authorization]);

describe('a backend with token_header', () => {
  it.each(clients)('carries the token there, and a 401 is repeated with a new one: $name', async ({ send }) => {
    const backend = await world.acceptedBackend({ origin: api.origin, ...amazon });
    expect((await send(backend, 'x')).status).toBe(200);
    expect(seen()).toEqual([
      ['token-1', undefined],
      ['token-2', undefined],
    ]);
  });

  it.each(clients)('leaves Authorization to basic_auth, or to the caller: $name', async ({ send }) => {
    const backend = await world.acceptedBackend({
      origin: api.origin,
      ...amazon,
      token_prefix: 'v2 ',
      basic_auth: 'u:p',
    });
    await send(backend, 'x');
    await send(backend, 'x', { headers: { Authorization: 'Own x' } });
    expect(seen()).toEqual([
      ['v2 token-1', BASIC],
      ['v2 token-2', BASIC],
      ['v2 token-2', 'Own x'],
    ]);
  });

  it.each(clients)("refuses the caller's own, in any spelling, before anything is sent: $name", async ({ send }) => {
    const backend = world.backend({ origin: api.origin, ...amazon });
    for (const name of [HEADER, 'X-AMZ-Access-Token', 'Host', 'Proxy-Authorization']) {
      const error = await rejection(send(backend, 'x', { headers: { [name]: 'mine' } }));
      expect(error).toBeInstanceOf(AuthorizationHeaderError);
      expect(error.message).toContain(`may not set ${name.toLowerCase()}`);
    }
    expect([...api.requests, ...world.as.requests]).toEqual([]);
  });

  it('tells other clients of both headers', async () => {
    const backend = world.backend({ origin: api.origin, ...amazon, basic_auth: 'u:p' });
    const headers = await backend.authorization({ method: 'GET', url: 'x' });
    expect(headers).toEqual({ [HEADER]: 'token-1', authorization: BASIC });
  });

  it('has its modifiers for Authorization', async () => {
    const backend = await world.acceptedBackend({
      origin: api.origin,
      ...amazon,
      set_request_headers: { Authorization: 'Key k' },
    });
    await backend.fetch('x');
    expect(seen().at(-1)).toEqual(['token-2', 'Key k']);
  });

  it("does not forward a client's header of that name, with _ for - neither", async () => {
    const port = await world.application(await world.acceptedBackend({ origin: api.origin, ...amazon }));
    const headers = {
      [HEADER]: 'mine',
      X_Amz_Access_Token: 'mine',
      'x-amz_access-token': 'mine',
      authorization: 'Bearer mine',
      'x-other': 'x',
    };
    expect((await ask(port, '/x', { headers })).status).toBe(200);
    expect(api.requests.at(-1)?.headers).toEqual({
      host: new URL(api.origin).host,
      connection: 'keep-alive',
      'x-other': 'x',
      [HEADER]: 'token-2',
    });
  });

  it('forwards a header of that name where there is no token', async () => {
    const port = await world.application(world.backend({ origin: api.origin, oauth2: false }));
    await ask(port, '/x', { headers: { [HEADER]: 'mine' } });
    expect(seen()).toEqual([['mine', undefined]]);
  });

  it.each(clients)('keeps the token out of errors: $name', async ({ send }) => {
    const server = await rawServer((head) => `HTTP/1.1 2x0 ${/x-amz-access-token: .*/i.exec(head)?.[0]}\r\n\r\n`);
    try {
      const error = await rejection(send(world.backend({ origin: server.origin, ...amazon }), 'x'));
      expect(inspect(error, { depth: 12 })).toMatch(/HPE_INVALID_STATUS|HTTPParserError/);
      expect(inspect(error, { depth: 12 }) + JSON.stringify(error)).not.toContain('token-1');
    } finally {
      server.close();
    }
  });

  it('may be the token backend of a client that authenticates by Basic', async () => {
    const gateway = await recordingServer(() => ({ body: { access_token: 'inner', token_type: 'Bearer' } }));
    const outer = {
      grant_type: 'client_credentials',
      token_endpoint: world.as.url,
      client_id: 'o',
      client_secret: 's',
    };
    try {
      const inner = { token_endpoint: `${gateway.origin}/token`, backend: { ...amazon, oauth2: outer } } as const;
      await world.backend({ oauth2: inner as object }).token();
      expect(gateway.requests[0]?.headers).toMatchObject({
        [HEADER]: 'token-1',
        authorization: expect.stringMatching(/^Basic /),
      });
    } finally {
      await gateway.close();
    }
  });
});
