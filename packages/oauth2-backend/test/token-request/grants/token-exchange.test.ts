/** Token exchange (RFC 8693), as token endpoint and API see it. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type BackendsOptions,
  MissingSubjectError,
  OAuth2BackendError,
  type OAuth2Definition,
  type RequestContext,
  TokenRequestError,
} from 'oauth2-backend';
import { formOf } from 'test-servers/token-server';
import { type ClientWorld, clients, clientWorld, rejection } from '../../clients/client-world.js';
import { manualClock } from '../../sources/manual-clock.js';

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

/** The context of a request with this `Authorization` header, and what a middleware has put there. */
function contextOf(authorization: string | undefined, inbound: object = {}): RequestContext {
  const rawHeaders = authorization === undefined ? [] : ['Authorization', authorization];
  const request = { headers: authorization === undefined ? {} : { authorization }, rawHeaders } as IncomingMessage;
  return { request, inbound, signal: new AbortController().signal } as unknown as RequestContext;
}

function exchanging(oauth2: Partial<OAuth2Definition> = {}, options: BackendsOptions = {}) {
  const backends = world.backends({ oauth2: { grant_type: TOKEN_EXCHANGE, ...oauth2 } }, options);
  const of = (user: string, inbound?: object) => backends.for(contextOf(`Bearer ${user}`, inbound)).api;
  return {
    backends,
    of,
    token: async (user: string, inbound?: object) => (await of(user, inbound).token()).value,
    tokenFor: (context: RequestContext) => backends.for(context).api.token(),
    counts: () => backends.status()[0]?.counts,
  };
}

const forms = () => world.as.requests.map(formOf);
const subjects = () => forms().map((form) => form['subject_token']);
const jwtWith = (claims: object) =>
  ['{"alg":"none"}', JSON.stringify(claims), 'sig'].map((part) => Buffer.from(part).toString('base64url')).join('.');

describe('grant token-exchange', () => {
  it("sends the inbound request's bearer token with its type, and authenticates the client (78)", async () => {
    const { token } = exchanging();
    expect(await token('user.token')).toBe('token-1');
    expect(forms()).toEqual([
      { grant_type: TOKEN_EXCHANGE, subject_token: 'user.token', subject_token_type: ACCESS_TOKEN },
    ]);
    expect(world.as.requests[0]?.headers.authorization).toMatch(/^Basic /);
  });

  it('sends everything that is configured; audience and resource may stand several times', async () => {
    const { token } = exchanging({
      subject_token_type: JWT,
      requested_token_type: ACCESS_TOKEN,
      scope: 'read',
      params: { audience: ['one', 'two'], resource: ['https://a', 'https://b'] },
    });
    await token('user.token');
    expect(world.as.requests[0]?.body.toString().split('&').sort()).toEqual(
      [
        'audience=one',
        'audience=two',
        `grant_type=${encodeURIComponent(TOKEN_EXCHANGE)}`,
        `requested_token_type=${encodeURIComponent(ACCESS_TOKEN)}`,
        'resource=https%3A%2F%2Fa',
        'resource=https%3A%2F%2Fb',
        'scope=read',
        'subject_token=user.token',
        `subject_token_type=${encodeURIComponent(JWT)}`,
      ].sort(),
    );
  });

  it('names no client that is not configured', async () => {
    const anonymous = { client_id: undefined, client_secret: undefined };
    const { token } = exchanging(anonymous);
    await token('user.token');
    expect(world.as.requests[0]?.headers.authorization).toBeUndefined();
    expect(Object.keys(forms()[0] ?? {}).sort()).toEqual(['grant_type', 'subject_token', 'subject_token_type']);
  });

  it.each(clients)("puts the token on the requests of $name, and the user's own nowhere", async ({ send }) => {
    const { of } = exchanging();
    await send(of('user.token'), 'invoices');
    expect(world.api.tokens()).toEqual(['token-1']);
    expect(JSON.stringify(world.api.requests[0]?.headers)).not.toContain('user.token');
  });

  it('asks once for each user, however many requests there are', async () => {
    const { token, counts } = exchanging();
    const users = Array.from({ length: 300 }, (_, index) => `user-${index % 30}`);
    const values = await Promise.all(users.map((user) => token(user)));
    expect(subjects().toSorted()).toEqual([...new Set(users)].sort());
    expect(new Set(values.map((value, index) => `${value} of ${users[index]}`)).size).toBe(30);
    expect(counts()).toMatchObject({ tokenRequests: 30, identities: 30 });
  });

  it('ignores a refresh token: the renewal exchanges again', async () => {
    const clock = manualClock();
    world.as.extra = { refresh_token: 'r' };
    const { token } = exchanging({}, { clock });
    await token('user.token');
    clock.pass(3_600_000);
    await token('user.token');
    expect(forms().map((form) => form['grant_type'])).toEqual([TOKEN_EXCHANGE, TOKEN_EXCHANGE]);
  });

  it('surfaces invalid_target and remembers it for that user only (81)', async () => {
    world.as.next({ status: 400, body: { error: 'invalid_target', error_description: 'no such audience' } });
    const { token } = exchanging();
    const error = await rejection(token('user.token'));
    expect(error).toBeInstanceOf(TokenRequestError);
    expect(error).toMatchObject({ response: { status: 400, error: 'invalid_target' }, statusCode: 502, expose: false });
    await rejection(token('user.token'));
    expect(world.as.requests).toHaveLength(1);
    expect(await token('another.token')).toBe('token-1');
  });
});

describe('the answer of an exchange (80)', () => {
  it.each<[Partial<OAuth2Definition>, Record<string, unknown>]>([
    [{}, {}],
    [{}, { issued_token_type: null }],
    [{}, { issued_token_type: ACCESS_TOKEN }],
    [{}, { issued_token_type: JWT }],
    [{ requested_token_type: JWT }, { issued_token_type: JWT }],
    [{ requested_token_type: JWT }, {}],
    [{ requested_token_type: 'urn:own' }, { issued_token_type: 'urn:own', token_type: 'bearer' }],
  ])('with %j is taken with %j', async (oauth2, extra) => {
    world.as.extra = extra;
    await expect(exchanging(oauth2).token('user.token')).resolves.toBe('token-1');
  });

  it.each<[Partial<OAuth2Definition>, Record<string, unknown>, string]>([
    [{}, { token_type: 'N_A' }, 'with a token_type that is not Bearer'],
    [{}, { issued_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }, 'issued_token_type'],
    [{}, { issued_token_type: 'urn:ietf:params:oauth:token-type:id_token' }, 'issued_token_type'],
    [{}, { issued_token_type: 'URN:ietf:params:oauth:token-type:jwt' }, 'issued_token_type'],
    [{}, { issued_token_type: [ACCESS_TOKEN] }, 'issued_token_type'],
    [{}, { issued_token_type: '' }, 'issued_token_type'],
    [{ requested_token_type: JWT }, { issued_token_type: ACCESS_TOKEN }, 'issued_token_type'],
    [{ requested_token_type: ACCESS_TOKEN }, { issued_token_type: JWT }, 'issued_token_type'],
  ])('with %j is refused with %j', async (oauth2, extra, message) => {
    world.as.extra = extra;
    const error = await rejection(exchanging(oauth2).token('user.token'));
    expect(error).toBeInstanceOf(TokenRequestError);
    expect(error.message).toContain(message);
  });

  it('may hold an issued_token_type for other grants, which have no say in it', async () => {
    world.as.extra = { issued_token_type: 'urn:whatever' };
    await expect(world.backend().token()).resolves.toMatchObject({ value: 'token-1' });
  });
});

describe('the subject token', () => {
  it.each([
    undefined,
    '',
    'Basic YTpi',
    'Bearer',
    'Bearer a b',
    'Bearer a, Bearer b',
    'Bearer ä',
    `Bearer ${'a'.repeat(32 * 1024 + 1)}`,
  ])('missing or unusable in the header (%.20s) is a MissingSubjectError, and nothing is sent', async (header) => {
    const { tokenFor } = exchanging();
    const error = await rejection(tokenFor(contextOf(header)));
    expect(error).toBeInstanceOf(MissingSubjectError);
    expect(error).toBeInstanceOf(OAuth2BackendError);
    expect(error).toMatchObject({
      code: 'ERR_OAUTH2_MISSING_SUBJECT',
      statusCode: 401,
      expose: true,
      name: 'MissingSubjectError',
      message: 'the request has no usable bearer token',
      headers: { 'www-authenticate': 'Bearer realm="api"' },
    });
    expect(error).toMatchObject({ status: 401 });
    expect(world.as.requests).toEqual([]);
  });

  it('of 32 KiB is taken', async () => {
    await exchanging().token('a'.repeat(32 * 1024));
    expect(subjects()).toEqual(['a'.repeat(32 * 1024)]);
  });

  it.each(clients)('missing comes out of $name as itself; the API sees nothing', async ({ send }) => {
    const { backends } = exchanging();
    const error = await rejection(send(backends.for(contextOf(undefined)).api, 'invoices'));
    expect(error).toBeInstanceOf(MissingSubjectError);
    expect([world.as.requests, world.api.requests]).toEqual([[], []]);
  });

  it('comes from a function, async or not, and not from the header then', async () => {
    const { token } = exchanging({ subject_token: async (context) => context?.inbound.session });
    await token('of.the.header', { session: 'of.the.session' });
    expect(subjects()).toEqual(['of.the.session']);
    for (const session of [undefined, null, '', 'a b', 'ä', 'a\n']) {
      expect(await rejection(token('of.the.header', { session }))).toBeInstanceOf(MissingSubjectError);
    }
    expect(subjects()).toEqual(['of.the.session']);
  });

  it('comes from what a verification gave', async () => {
    const { token } = exchanging({ subject_token: (context) => context?.inbound.auth });
    await token('of.the.header', { auth: { header: {}, payload: { sub: 'ann' }, token: 'verified' } });
    expect(subjects()).toEqual(['verified']);
  });

  it('that is of another kind, or whose function throws, is an error of the application, and nothing is sent', async () => {
    const cause = new Error('no session store');
    const throwing = exchanging({
      subject_token: () => {
        throw cause;
      },
    });
    expect(await rejection(throwing.token('user.token'))).toMatchObject({
      code: 'ERR_OAUTH2_NO_TOKEN',
      statusCode: 502,
      cause,
    });
    for (const given of [7, {}, [], { token: 'a' }, { payload: {} }, { token: 7, payload: {} }, true]) {
      const { token } = exchanging({ subject_token: () => given as never });
      expect(await rejection(token('user.token'))).toMatchObject({ code: 'ERR_OAUTH2_NO_TOKEN', statusCode: 502 });
    }
    expect(world.as.requests).toEqual([]);
  });

  it('may be declared missing by the function', async () => {
    const { token } = exchanging({
      subject_token: () => {
        throw new MissingSubjectError();
      },
    });
    expect(await rejection(token('user.token'))).toBeInstanceOf(MissingSubjectError);
  });

  it('needs a request: get(name) says so, ready() leaves the backend out', async () => {
    const made = [
      exchanging(),
      exchanging({ subject_token: (context) => context?.inbound.auth }),
      exchanging({ subject_token: (context) => (context as RequestContext).inbound.auth.token }),
    ];
    for (const { backends } of made) {
      const error = await rejection(backends.get('api').token());
      expect(error).toMatchObject({ code: 'ERR_OAUTH2_NO_TOKEN', statusCode: 500, expose: false });
      expect(error.message).toMatch(
        /the token of "api" is the inbound request's user's: ask for it through the backends/,
      );
      await expect(backends.ready()).resolves.toBeUndefined();
    }
    expect(world.as.requests).toEqual([]);
  });

  it('that must be verified is refused as a string, and the header is not looked at', async () => {
    const { token, tokenFor } = exchanging({
      require_verified_subject: true,
      subject_token: (context) => context?.inbound.auth,
    });
    expect(await rejection(token('user.token', { auth: 'user.token' }))).toMatchObject({
      code: 'ERR_OAUTH2_NO_TOKEN',
      statusCode: 500,
      message: expect.stringContaining('require_verified_subject'),
    });
    expect(await rejection(tokenFor(contextOf('Bearer user.token')))).toBeInstanceOf(MissingSubjectError);
    expect(world.as.requests).toEqual([]);
    await token('user.token', { auth: { payload: {}, token: 'user.token' } });
    expect(subjects()).toEqual(['user.token']);
  });

  it("is in no error's text, nor is the actor's", async () => {
    const body = { error: 'invalid_request', error_description: 'bad user-canary or actor-canary' };
    world.as.failure = { status: 400, body };
    const { token } = exchanging({ actor_token: 'actor-canary', actor_token_type: JWT });
    const error = await rejection(token('user-canary'));
    expect(inspect(error, { depth: null, showHidden: true })).not.toMatch(/user-canary|actor-canary/);
  });
});

describe("the actor's token", () => {
  it('goes along with its type (79)', async () => {
    await exchanging({ actor_token: 'actor', actor_token_type: JWT }).token('user.token');
    expect(forms()[0]).toMatchObject({ actor_token: 'actor', actor_token_type: JWT });
  });

  it('is read from its file for each token request', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'actor-'));
    const file = join(folder, 'actor');
    writeFileSync(file, 'first\n');
    const { token } = exchanging({ actor_token_file: file, actor_token_type: JWT });
    await token('ann');
    writeFileSync(file, 'second\n');
    await token('bob');
    expect(forms().map((form) => form['actor_token'])).toEqual(['first', 'second']);
    rmSync(folder, { recursive: true });
  });

  it('of a function is a part of the identity', async () => {
    const { token } = exchanging({ actor_token: (context) => context?.inbound.actor, actor_token_type: JWT });
    const pairs = [
      ['ann', 'x'],
      ['ann', 'y'],
      ['bob', 'x'],
      ['ann', 'x'],
    ] as const;
    for (const [user, actor] of pairs) await token(user, { actor });
    expect(forms().map((form) => [form['subject_token'], form['actor_token']])).toEqual(pairs.slice(0, 3));
    expect(await rejection(token('ann', { actor: '' }))).toMatchObject({ code: 'ERR_OAUTH2_NO_TOKEN' });
  });
});

describe('a kept token', () => {
  it('does not outlive its subject token, and is not renewed ahead of that end', async () => {
    const clock = manualClock();
    const { token, of } = exchanging({}, { clock });
    const user = jwtWith({ sub: 'ann', exp: clock.now() / 1000 + 600 });
    expect((await of(user).token()).expiresAt).toBe(clock.now() + 600_000);
    for (let minute = 0; minute < 9; minute += 1) {
      clock.pass(60_000);
      expect(await token(user)).toBe('token-1');
    }
    clock.pass(59_000);
    expect(await token(user)).toBe('token-1');
    expect(world.as.requests).toHaveLength(1);
    clock.pass(1_000);
    expect(await token(user)).toBe('token-2');
  });

  it('does not outlive what its verification said', async () => {
    const clock = manualClock();
    const { of } = exchanging({ subject_token: (context) => context?.inbound.auth }, { clock });
    const payload = { exp: clock.now() / 1000 + 60 };
    expect((await of('x', { auth: { token: 'opaque', payload } }).token()).expiresAt).toBe(clock.now() + 60_000);
  });

  it('lives no longer for a subject token that ends later, or says nothing of use', async () => {
    const clock = manualClock();
    const { of } = exchanging({}, { clock });
    const claims = [{ exp: clock.now() }, { exp: 'never' }, { exp: null }, {}];
    for (const user of ['opaque', 'a.b.c', ...claims.map(jwtWith)]) {
      expect((await of(user).token()).expiresAt).toBe(clock.now() + 3_600_000);
    }
  });

  it('is none when its subject token is over: each request asks anew', async () => {
    const clock = manualClock();
    const { token } = exchanging({}, { clock });
    const user = jwtWith({ exp: clock.now() / 1000 - 1 });
    expect([await token(user), await token(user)]).toEqual(['token-1', 'token-2']);
  });
});
