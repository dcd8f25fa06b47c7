import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ClientWorld, clients, clientWorld, manualClock } from './client-world.js';

const MINUTE = 60_000;

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

const accepting = (statuses: readonly (401 | 403 | 404)[], clock = manualClock()) =>
  world.acceptedBackend({ oauth2: { refused_statuses: statuses } }, { clock });

describe.each(clients)('$name: refused_statuses', ({ send }) => {
  it.each([403, 404] as const)('%d refuses the token where it is named: the call is repeated', async (status) => {
    const backend = await accepting([401, status]);
    world.api.next({ status });
    expect(await send(backend, 'x', { method: 'POST', body: 'text' })).toMatchObject({ status: 200 });
    expect(world.api.tokens()).toEqual(['token-1', 'token-2']);
    expect(world.api.requests.map(({ body }) => body.toString())).toEqual(['text', 'text']);
  });

  it('401 is an answer like any other where it is not named', async () => {
    const backend = await accepting([403]);
    world.api.next({ status: 401 });
    expect(await send(backend, 'x')).toMatchObject({ status: 401 });
    await send(backend, 'y');
    expect(world.api.tokens()).toEqual(['token-1', 'token-1']);
  });

  it('403 is an answer like any other where it is not named', async () => {
    const backend = await world.acceptedBackend();
    world.api.next({ status: 403 });
    expect(await send(backend, 'x')).toMatchObject({ status: 403 });
    await send(backend, 'y');
    expect(world.api.tokens()).toEqual(['token-1', 'token-1']);
  });

  it('stands with a challenge that no token cures', async () => {
    const backend = await accepting([401, 403]);
    world.api.next({ status: 403, headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' } });
    expect(await send(backend, 'x')).toMatchObject({ status: 403 });
    expect(world.as.requests).toHaveLength(1);
  });

  it('stands when the new token gets the same, and forces no renewal for 10 min, then 20, up to 2 h', async () => {
    world.as.expiresIn = 86_400;
    const clock = manualClock();
    const backend = await accepting([401, 403, 404], clock);
    for (const [round, minutes] of [10, 20, 40, 80, 120, 120].entries()) {
      world.api.next({ status: 404 }, { status: 404 });
      expect(await send(backend, 'missing')).toMatchObject({ status: 404 });
      expect(world.as.requests).toHaveLength(round + 2);
      for (const status of [404, 403]) {
        // Others are served, and prove the token; they change nothing.
        expect(await send(backend, 'x')).toMatchObject({ status: 200 });
        clock.advance(0.5 * minutes * MINUTE - 1);
        world.api.next({ status });
        expect(await send(backend, 'missing')).toMatchObject({ status });
      }
      expect(world.as.requests).toHaveLength(round + 2);
      clock.advance(2);
    }
  });

  it('leaves 401 alone while a 404 stands', async () => {
    const clock = manualClock();
    const backend = await accepting([401, 404], clock);
    world.api.next({ status: 404 }, { status: 404 });
    await send(backend, 'missing');
    await send(backend, 'x');
    clock.advance(MINUTE);
    world.api.next({ status: 401 });
    expect(await send(backend, 'x')).toMatchObject({ status: 200 });
    expect(world.api.tokens().at(-1)).toBe('token-3');
  });

  it('of a call that cannot be repeated forces one renewal, not one for each', async () => {
    const clock = manualClock();
    const backend = await accepting([401, 403], clock);
    const upload = () => send(backend, 'forbidden', { method: 'POST', body: Readable.from(['a']) });
    for (let count = 0; count < 5; count++) {
      world.api.next({ status: 403 });
      expect(await upload()).toMatchObject({ status: 403 });
      expect(await send(backend, 'x')).toMatchObject({ status: 200 });
      clock.advance(MINUTE);
    }
    expect(world.as.requests).toHaveLength(2);
  });

  it('of the new token and of the one before it stands too: the new one stays in use', async () => {
    const clock = manualClock();
    const backend = await accepting([401, 404], clock);
    clock.advance(50 * MINUTE);
    await send(backend, 'x');
    while ((await backend.token()).value !== 'token-2') await turn();
    world.api.next({ status: 404 }, { status: 404 });
    expect(await send(backend, 'missing')).toMatchObject({ status: 404 });
    expect(world.api.tokens().slice(-2)).toEqual(['token-2', 'token-1']);
    expect(await send(backend, 'x')).toMatchObject({ status: 200 });
    expect(world.api.tokens().at(-1)).toBe('token-2');
    expect(world.as.requests).toHaveLength(2);
  });
});

it('a renewal that fails after a 403 says so', async () => {
  const backend = await accepting([403]);
  world.api.next({ status: 403 });
  world.as.failure = { status: 400, body: { error: 'invalid_client' } };
  await expect(backend.fetch('x')).rejects.toMatchObject({ resource: { status: 403 } });
});
