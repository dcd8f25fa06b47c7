import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TokenRequestError } from 'oauth2-backend';
import { type ClientWorld, clients, clientWorld, manualClock, rejection } from './client-world.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

describe.each(clients)('$name: the token', ({ send }) => {
  it('is asked for once by 1,000 parallel cold requests, and each carries it (102)', async () => {
    const backend = world.backend();
    const answers = await Promise.all(times(1_000, (index) => send(backend, `invoices/${index}`)));

    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(world.as.requests).toHaveLength(1);
    expect(world.api.requests).toHaveLength(1_000);
    expect(new Set(world.api.tokens())).toEqual(new Set(['token-1']));
    expect(world.api.requests.every(({ url }) => !url.includes('token-1'))).toBe(true);
  });

  it('is renewed once for 500 parallel 401s; each request is repeated once and none is lost (107)', async () => {
    const backend = world.backend();
    await send(backend, 'warm');
    world.api.revoke('token-1');
    world.api.reset();

    const answers = await Promise.all(times(500, (index) => send(backend, `invoices/${index}`)));

    expect(world.as.requests).toHaveLength(2);
    expect(answers.map(({ body }) => JSON.parse(body).url)).toEqual(times(500, (index) => `/invoices/${index}`));
    expect(world.api.tokens().filter((token) => token === 'token-1')).toHaveLength(500);
    expect(world.api.tokens().filter((token) => token === 'token-2')).toHaveLength(500);
  });

  it('is renewed in the background: while the token endpoint is slow no request waits (59)', async () => {
    const clock = manualClock();
    const backend = world.backend({}, { clock });
    await send(backend, 'warm');
    // Life 3,600 s; soft at the latest at 75 %, hard at 30 s before the end.
    clock.advance(3_560_000);
    world.as.delay = 300;
    const before = performance.now();
    const slowest = await Promise.all(
      times(20, async (index) => {
        await send(backend, `invoices/${index}`);
        return performance.now() - before;
      }),
    );

    expect(Math.max(...slowest)).toBeLessThan(280);
    expect(new Set(world.api.tokens())).toEqual(new Set(['token-1']));
    await world.as.arrived(2);
    await world.as.requests[1]?.answered;
    for (let tries = 0; world.api.tokens().at(-1) !== 'token-2' && tries < 50; tries++) await send(backend, 'later');
    expect(world.api.tokens().at(-1)).toBe('token-2');
    expect(world.as.requests).toHaveLength(2);
  });

  it('is not put on when it cannot be had: no token, no request', async () => {
    world.as.failure = { status: 400, body: { error: 'invalid_client' } };
    const error = await rejection(send(world.backend(), 'invoices'));

    expect(error).toBeInstanceOf(TokenRequestError);
    expect(error).toMatchObject({ statusCode: 502, expose: false, response: { status: 400, error: 'invalid_client' } });
    expect(world.api.requests).toHaveLength(0);
  });
});

describe.each(clients)('$name: a 401', ({ send }) => {
  it.each([
    ['no challenge', undefined],
    ['a bare Bearer', 'Bearer'],
    ['invalid_token', 'Bearer realm="x", error="invalid_token"'],
    ['an unknown error', 'Bearer error="strange"'],
    ['a Basic challenge', 'Basic realm="x"'],
    ['an OAuth challenge', 'OAuth realm="x"'],
    ['a Token challenge', 'Token'],
    ['a Negotiate challenge', 'Negotiate'],
    ['one of two challenges that a token may cure', ['Bearer error="insufficient_scope"', 'Bearer']],
  ])('is repeated with %s (107, 109, 112)', async (_, challenge) => {
    const backend = await world.acceptedBackend();
    world.api.revoke('token-1');
    world.api.challenge = challenge;
    expect(await send(backend, 'invoices')).toMatchObject({ status: 200 });
    expect(world.api.tokens()).toEqual(['token-1', 'token-2']);
  });

  it.each([
    'Bearer error="insufficient_scope", scope="more"',
    'Bearer error="invalid_request"',
    'Bearer error="insufficient_user_authentication"',
    'DPoP algs="ES256"',
  ])('is the answer with %s, and the token is kept (110, 111)', async (challenge) => {
    const backend = world.backend();
    world.api.revoke('token-1');
    world.api.challenge = challenge;
    const answer = await send(backend, 'invoices');
    expect(answer.status).toBe(401);
    expect(answer.header('www-authenticate')).toBe(challenge);
    expect(JSON.parse(answer.body)).toEqual({ refused: 'token-1' });
    await send(backend, 'invoices');
    expect(world.as.requests).toHaveLength(1);
  });

  it.each([
    [0, ['token-1']],
    // The new token is given a second, and is not replaced before it is 5 s old.
    [1, ['token-1', 'token-2', 'token-2']],
    [3, ['token-1', 'token-2', 'token-2']],
  ])('is repeated at most `retries` times: %d; the last one is the answer (108)', async (retries, sent) => {
    const backend = await world.acceptedBackend({ oauth2: { retries } });
    world.api.valid = () => false;
    const answer = await send(backend, 'invoices');
    expect(answer.status).toBe(401);
    expect(answer.header('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(JSON.parse(answer.body)).toEqual({ refused: sent.at(-1) });
    expect(world.api.tokens()).toEqual(sent);
  });

  it('with `retries` 0 still makes the next request carry a newer token', async () => {
    const backend = await world.acceptedBackend({ oauth2: { retries: 0 } });
    world.api.revoke('token-1');
    expect(await send(backend, 'invoices')).toMatchObject({ status: 401 });
    expect(await send(backend, 'invoices')).toMatchObject({ status: 200 });
    expect(world.api.tokens()).toEqual(['token-1', 'token-2']);
  });

  it('is not read whole before the repeat: 200 MB that come slowly cost nothing', async () => {
    let sent = 0;
    const origin = await world.serve((request, response) => {
      if (request.headers.authorization !== 'Bearer token-1') return void response.end('fine');
      response.writeHead(401, { 'content-length': 200_000_000, 'www-authenticate': 'Bearer' });
      const timer = setInterval(() => {
        sent += 16_384;
        response.write(Buffer.alloc(16_384));
      }, 5);
      response.once('close', () => clearInterval(timer));
    });
    const backend = await world.acceptedBackend({ origin });
    const before = performance.now();
    expect(await send(backend, 'invoices')).toMatchObject({ status: 200, body: 'fine' });
    expect(performance.now() - before).toBeLessThan(1_500);
    expect(sent).toBeLessThan(1_000_000);
  });

  it('whose body never comes is given up after a second', async () => {
    const origin = await world.serve((request, response) => {
      if (request.headers.authorization !== 'Bearer token-1') return void response.end('fine');
      response.writeHead(401, { 'content-length': 10 });
      response.write('x');
    });
    const backend = await world.acceptedBackend({ origin });
    const before = performance.now();
    expect(await send(backend, 'invoices')).toMatchObject({ status: 200, body: 'fine' });
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('whose renewal fails gives the token error, which says so; later callers go on with the unexpired token', async () => {
    const backend = world.backend();
    await send(backend, 'warm');
    const { valid } = world.api;
    world.api.valid = () => false;
    world.as.failure = { status: 400, body: { error: 'invalid_client' } };
    const error = await rejection(send(backend, 'invoices'));
    expect(error).toBeInstanceOf(TokenRequestError);
    expect(error).toMatchObject({ resource: { status: 401 }, response: { error: 'invalid_client' }, statusCode: 502 });

    world.api.valid = valid;
    expect(await send(backend, 'invoices')).toMatchObject({ status: 200 });
    expect(world.as.requests).toHaveLength(2);
  });

  it('of an API that refuses every token costs a limited number of renewals', async () => {
    const backend = world.backend();
    world.api.valid = () => false;
    for (const { status } of await Promise.all(times(20, () => send(backend, 'invoices')))) expect(status).toBe(401);
    expect(world.as.requests).toHaveLength(1);
  });

  it('of a backend without oauth2 is the answer', async () => {
    expect(await send(world.backend({ oauth2: false }), 'invoices')).toMatchObject({ status: 401 });
    expect(world.api.tokens()).toEqual([undefined]);
    expect(world.as.requests).toHaveLength(0);
  });
});
