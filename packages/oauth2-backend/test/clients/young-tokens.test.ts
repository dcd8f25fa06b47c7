import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ClientWorld, clients, clientWorld, manualClock, rejection } from './client-world.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

const HOUR = 3_600_000;

describe.each(clients)('$name: a token that the API does not know yet', ({ send }) => {
  it('is sent again after a second, which does not count against `retries`', async () => {
    const backend = world.backend();
    world.api.next({ status: 401 });
    const start = performance.now();
    expect(await send(backend, 'x', { method: 'POST', body: 'text' })).toMatchObject({ status: 200 });
    expect(performance.now() - start).toBeGreaterThan(950);
    expect(world.api.tokens()).toEqual(['token-1', 'token-1']);
    expect(world.api.requests.map(({ body }) => body.toString())).toEqual(['text', 'text']);
  });

  it.each([
    ['of a stream', {}, { method: 'POST', body: Readable.from(['a']) }],
    ['with `retries` 0', { oauth2: { retries: 0 } }, {}],
    ['whose `timeout` is a second or less', { timeout: '1s' }, {}],
  ])('is not waited for by a call %s, and is not renewed before it is 5 s old', async (_, changes, sending) => {
    const clock = manualClock();
    const backend = world.backend(changes, { clock });
    world.api.next({ status: 401 });
    const start = performance.now();
    expect(await send(backend, 'x', sending)).toMatchObject({ status: 401 });
    expect(performance.now() - start).toBeLessThan(900);
    clock.advance(4_999);
    expect(await backend.token({ refused: 'token-1' })).toMatchObject({ value: 'token-1' });
    clock.advance(1);
    expect(await backend.token({ refused: 'token-1' })).toMatchObject({ value: 'token-2' });
  });

  it('is waited for by 100 calls at a time; the others have their 401 at once', async () => {
    const backend = world.backend();
    world.api.valid = () => false;
    await backend.token();
    let atOnce = 0;
    const calls = Array.from({ length: 150 }, () => send(backend, 'x'));
    const first = performance.now();
    for (const call of calls) void call.then(() => (atOnce += performance.now() - first < 900 ? 1 : 0));
    await Promise.all(calls);
    expect(world.api.requests).toHaveLength(150 + 100);
    expect(atOnce).toBeLessThanOrEqual(50);
    expect(world.as.requests).toHaveLength(1);
  });

  it('is waited for no more after one was still refused at 5 s, until some token is accepted', async () => {
    const clock = manualClock();
    const backend = world.backend({}, { clock });
    await backend.token();
    clock.advance(5_000);
    world.api.next({ status: 401 }, { status: 401 });
    expect(await send(backend, 'x')).toMatchObject({ status: 401 });
    expect(world.api.tokens()).toEqual(['token-1', 'token-2']);
    expect(await send(backend, 'x')).toMatchObject({ status: 200 });
    clock.advance(HOUR);
    world.api.next({ status: 401 });
    expect(await send(backend, 'x')).toMatchObject({ status: 200 });
    expect(world.api.tokens().slice(-2)).toEqual(['token-3', 'token-3']);
  });

  it('releases a call that is aborted while it waits', async () => {
    const backend = world.backend();
    world.api.valid = () => false;
    await backend.token();
    const controller = new AbortController();
    const aborted = rejection(send(backend, 'x', { signal: controller.signal }));
    await world.api.arrived(1);
    const reason = new Error('enough');
    setTimeout(() => controller.abort(reason), 100);
    expect(await aborted).toBe(reason);
  });

  it('leaves the one before it in use, and is tried by one call that can be repeated after 1, 2, 4, 8, 15, 15 s', async () => {
    const clock = manualClock();
    const backend = await world.acceptedBackend({}, { clock });
    clock.advance(0.9 * HOUR);
    await send(backend, 'x');
    while ((await backend.token()).value !== 'token-2') await send(backend, 'x');
    world.api.valid = (token) => token === 'token-1';
    world.api.reset();
    const tried: number[] = [];
    for (let second = 0; second <= 50; second++) {
      const before = world.api.tokens().length;
      // A stream is no call to try with.
      const stream = { method: 'POST', body: Readable.from(['a']) };
      if (second > 0) expect(await send(backend, 'x', stream)).toMatchObject({ status: 200 });
      const answers = await Promise.all([send(backend, 'x'), send(backend, 'x')]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      const trials = world.api
        .tokens()
        .slice(before)
        .filter((token) => token === 'token-2').length;
      if (second > 0) expect(trials).toBeLessThanOrEqual(1);
      if (trials > 0) tried.push(second);
      clock.advance(1_000);
    }
    expect(tried).toEqual([0, 1, 3, 7, 15, 30, 45]);
    world.api.valid = (token) => token === 'token-2';
    expect(await send(backend, 'x')).toMatchObject({ status: 200 });
    expect(world.api.tokens().slice(-2)).toEqual(['token-1', 'token-2']);
    expect(world.as.requests).toHaveLength(2);
  });

  it('takes the place of the one before it when that ends', async () => {
    const clock = manualClock();
    const backend = await world.acceptedBackend({}, { clock });
    clock.advance(0.9 * HOUR);
    await send(backend, 'x');
    while ((await backend.token()).value !== 'token-2') await send(backend, 'x');
    world.api.revoke('token-2');
    expect(await send(backend, 'x')).toMatchObject({ status: 200 });
    expect(await backend.token()).toMatchObject({ value: 'token-1' });
    clock.advance(0.1 * HOUR);
    expect(await backend.token()).toMatchObject({ value: 'token-2' });
    expect(await send(backend, 'x')).toMatchObject({ status: 200 });
    expect(world.api.tokens().at(-1)).toBe('token-3');
  });
});
