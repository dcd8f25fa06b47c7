import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RequestContext } from 'oauth2-backend';
import { closed, message, open, refusal, type SocketWorld, socketWorld } from './socket-world.js';

let world: SocketWorld;
beforeEach(async () => {
  world = await socketWorld({
    perMessageDeflate: { threshold: 0 },
    handleProtocols: (offered) => [...offered].at(-1) ?? false,
  });
});
afterEach(() => world.close());

const seen = () => world.api.requests[0]?.headers ?? {};

describe('backends.upgrade(name, { mount, authorize }): a WebSocket', () => {
  it("goes to the path below the mount with the backend's token, and echoes text and bytes", async () => {
    const port = await world.application(world.backends({ path_prefix: '/v1' }));
    const socket = await open(port, { path: '/live/feed//x?since=1&name=%20&x' });
    socket.send('grüezi');
    expect(await message(socket)).toBe('grüezi');
    const bytes = randomBytes(1_000);
    socket.send(bytes);
    expect(await message(socket)).toEqual(bytes);
    expect(world.api.tokens()).toEqual(['token-1']);
    expect(world.api.requests[0]?.url).toBe('/v1/feed//x?since=1&name=%20&x');
    expect(seen().host).toBe(new URL(world.api.origin).host);
  });

  it('carries messages of 1 MiB, and fragments, both ways', async () => {
    const socket = await open(await world.application());
    const large = randomBytes(1024 * 1024);
    socket.send(large);
    expect(large.equals((await message(socket)) as Buffer)).toBe(true);
    socket.send('one, ', { fin: false });
    socket.send('two, ', { fin: false });
    socket.send('three', { fin: true });
    expect(await message(socket)).toBe('one, two, three');
  });

  it('carries ping and pong both ways', async () => {
    const socket = await open(await world.application());
    socket.ping('one');
    expect(String((await once(socket, 'pong'))[0])).toBe('one');
    const [far] = world.api.sockets;
    far?.ping('two');
    expect(String((await once(far as never, 'pong'))[0])).toBe('two');
  });

  it('is closed with the code and the reason of either side', async () => {
    const port = await world.application();
    const first = await open(port);
    const heard = closed(world.api.sockets[0]);
    first.close(4001, 'no more');
    expect(await closed(first)).toEqual([4001, 'no more']);
    expect(await heard).toEqual([4001, 'no more']);
    const second = await open(port);
    world.api.sockets[1]?.close(1011, 'broken');
    expect(await closed(second)).toEqual([1011, 'broken']);
  });

  it('has the protocol and the extensions that the backend has chosen of what the client offers', async () => {
    const port = await world.application();
    const socket = await open(port, { protocols: ['v1.chat', 'v2.chat'], compress: true });
    expect(socket.protocol).toBe('v2.chat');
    expect(socket.extensions).toBe('permessage-deflate');
    socket.send('squeezed '.repeat(1_000));
    expect(await message(socket)).toBe('squeezed '.repeat(1_000));
    expect(seen()['sec-websocket-protocol']).toBe('v1.chat,v2.chat');
  });

  it('needs no token where the backend has none, and has its basic_auth', async () => {
    const port = await world.application(world.backends({ oauth2: false, basic_auth: 'user:pass' }));
    (await open(port)).terminate();
    expect(seen().authorization).toBe(`Basic ${Buffer.from('user:pass').toString('base64')}`);
    expect(world.as.requests).toHaveLength(0);
  });

  it('shares the token with the other clients of the backend: 20 at once ask once', async () => {
    const port = await world.application();
    const sockets = await Promise.all(Array.from({ length: 20 }, () => open(port)));
    for (const socket of sockets) socket.terminate();
    expect(world.as.requests).toHaveLength(1);
    expect(world.api.tokens()).toEqual(Array.from({ length: 20 }, () => 'token-1'));
  });
});

describe('backends.upgrade(name, options): a token that is refused', () => {
  it('is replaced once it had been accepted, and the handshake repeated', async () => {
    const port = await world.application();
    (await open(port)).terminate();
    world.api.revoke('token-1');
    const socket = await open(port);
    socket.send('still there');
    expect(await message(socket)).toBe('still there');
    expect(world.api.tokens()).toEqual(['token-1', 'token-1', 'token-2']);
    const [, first, second] = world.api.requests.map(({ headers }) => headers);
    expect(second).toEqual({ ...first, authorization: 'Bearer token-2' });
  });

  it('stays a 401 for the client when nothing helps: without its challenge unless that is asked for', async () => {
    for (const token of ['token-1', 'token-2', 'token-3']) world.api.revoke(token);
    const changes = { oauth2: { retries: 0 } };
    const { status, headers } = await refusal(await world.application(world.backends(changes)));
    expect(status).toBe(401);
    expect(headers).not.toHaveProperty('www-authenticate');
    const passing = await world.application(world.backends(changes), { passChallenges: true });
    expect((await refusal(passing)).headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    expect(world.errors).toEqual([]);
  });
});

describe('backends.upgrade(name, options): on whose behalf', () => {
  const oauth2 = {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: (context: { inbound: { user: string } } | undefined) => `assertion of ${context?.inbound.user}`,
    client_secret: undefined,
    client_id: undefined,
  } as never;

  it('is what `authorize` gives: the object becomes the `inbound` of the context', async () => {
    const authorize = async ({ headers }: IncomingMessage) => ({ user: headers['x-user'] });
    const port = await world.application(world.backends({ oauth2 }), { authorize });
    for (const user of ['ann', 'bob', 'ann']) (await open(port, { headers: { 'x-user': user } })).terminate();
    expect(world.api.tokens()).toEqual(['token-1', 'token-2', 'token-1']);
    expect(world.as.requests.map(({ body }) => new URLSearchParams(body.toString()).get('assertion'))).toEqual([
      'assertion of ann',
      'assertion of bob',
    ]);
  });

  it("is Node's request after `true`; functions of headers and query see request, response, signal and inbound", async () => {
    const contexts: (RequestContext | undefined)[] = [];
    const backends = world.backends({
      set_request_headers: {
        'x-user': (context) => {
          contexts.push(context);
          return context?.request.headers['x-session']?.toString();
        },
      },
      set_query_params: { tenant: async (context) => (context?.inbound === context?.request ? 'same' : 'other') },
    });
    const port = await world.application(backends);
    (await open(port, { headers: { 'x-session': 'ann', 'X-User': 'root', x_user: 'root' } })).terminate();
    expect(seen()['x-user']).toBe('ann');
    expect(seen()).not.toHaveProperty('x_user');
    expect(world.api.requests[0]?.url).toBe('/feed?tenant=same');
    expect(contexts[0]?.signal.aborted).toBe(false);
    expect(contexts[0]?.response.headersSent).toBe(false);
  });

  it('is nobody: 401 with a challenge, and nothing is sent', async () => {
    const backends = world.backends({ oauth2: { ...(oauth2 as object), assertion: () => '' } as never });
    const port = await world.application(backends);
    const { status, headers, body } = await refusal(port);
    expect([status, headers['www-authenticate'], body]).toEqual([401, 'Bearer realm="api"', 'Unauthorized\n']);
    expect(headers.connection).toBe('close');
    expect(world.errors).toMatchObject([{ code: 'ERR_OAUTH2_MISSING_SUBJECT' }]);
    expect(world.api.requests).toHaveLength(0);
  });
});
