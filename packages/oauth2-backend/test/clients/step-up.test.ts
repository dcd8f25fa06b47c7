import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { OAuth2Definition } from 'oauth2-backend';
import { formOf } from 'test-servers/token-server';
import { memoryStore } from '../sharing/memory-store.js';
import { type ClientWorld, clients, clientWorld, manualClock, rejection } from './client-world.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

const forms = () => world.as.requests.map(formOf);
const scopes = () => forms().map(({ scope }) => scope);
const wants = (challenge: string, status = 403) =>
  world.api.next({ status, headers: { 'www-authenticate': `Bearer ${challenge}` } });
const scope = (wanted: string) => `error="insufficient_scope", scope="${wanted}"`;
const CLAIMS = { access_token: { acrs: { essential: true, value: 'c1?>' } } };
const claims = (value: unknown, encoding: 'base64' | 'base64url' = 'base64url') =>
  `error="insufficient_claims", claims="${Buffer.from(JSON.stringify(value)).toString(encoding)}"`;

const stepping = (oauth2: Partial<OAuth2Definition> = {}) =>
  world.acceptedBackend(
    { oauth2: { scope: 'read', step_up: { scopes: ['write', 'admin', 'read'], claims: true }, ...oauth2 } as never },
    { clock: manualClock() },
  );

describe.each(clients)('$name: step_up', ({ send }) => {
  it.each([401, 403])(
    'asks once for the scopes of a %d together with its own, and repeats the call',
    async (status) => {
      const backend = await stepping({ retries: 1 });
      wants(scope('write read'), status);
      expect(await send(backend, 'x', { method: 'POST', body: 'text' })).toMatchObject({ status: 200 });
      expect(scopes()).toEqual(['read', 'read write']);
      expect(world.api.tokens()).toEqual(['token-1', 'token-2']);
      expect(world.api.requests[1]?.body.toString()).toBe('text');
    },
  );

  it('is obeyed whatever refused_statuses says', async () => {
    const backend = await stepping({ refused_statuses: [404] });
    wants(scope('write'), 401);
    expect(await send(backend, 'x')).toMatchObject({ status: 200 });
    expect(scopes()).toEqual(['read', 'read write']);
  });

  it.each([
    ['a scope that is not allowed', scope('write other')],
    ['no scope', 'error="insufficient_scope"'],
    ['an empty scope', scope('')],
    ['another authentication', 'error="insufficient_user_authentication", acr_values="2fa"'],
    ['claims that are no JSON', 'error="insufficient_claims", claims="e30x"'],
    ['claims that are no object', claims([1])],
    ['claims that are no base64', 'error="insufficient_claims", claims="{}"'],
    ['claims over 8 KiB', claims({ a: 'x'.repeat(8_192) })],
    ['claims nested too deep', claims(JSON.parse(`{"a":${'['.repeat(70)}${']'.repeat(70)}}`))],
  ])('leaves a 403 that wants %s to the caller', async (_, challenge) => {
    const backend = await stepping();
    wants(challenge);
    expect(await send(backend, 'x')).toMatchObject({ status: 403 });
    expect(world.as.requests).toHaveLength(1);
  });

  it('is off without the attribute', async () => {
    const backend = await world.acceptedBackend({ oauth2: { scope: 'read' } });
    for (const challenge of [scope('write'), claims(CLAIMS)]) {
      wants(challenge);
      expect(await send(backend, 'x')).toMatchObject({ status: 403 });
    }
    expect(world.as.requests).toHaveLength(1);
  });

  it('keeps the scopes for all later renewals, and adds to them', async () => {
    const clock = manualClock();
    const oauth2 = { scope: 'read', step_up: { scopes: ['write', 'admin'] } };
    const backend = await world.acceptedBackend({ oauth2 }, { clock });
    wants(scope('write'));
    await send(backend, 'x');
    wants(scope('admin'));
    await send(backend, 'x');
    clock.advance(3_600_000);
    await send(backend, 'x');
    expect(scopes()).toEqual(['read', 'read write', 'read write admin', 'read write admin']);
  });

  it('gives the scopes up that the server does not grant any more', async () => {
    const clock = manualClock();
    const oauth2 = { scope: 'read', step_up: { scopes: ['write', 'admin'] } };
    const backend = await world.acceptedBackend({ oauth2 }, { clock });
    wants(scope('write'));
    await send(backend, 'x');
    const refuse = () => world.as.next({ status: 400, body: { error: 'invalid_scope' } });
    // A demand for more that is refused takes nothing away.
    refuse();
    wants(scope('admin'));
    await send(backend, 'x').catch(() => {});
    clock.advance(3_600_000);
    refuse();
    await expect(send(backend, 'x')).rejects.toThrow('invalid_scope');
    clock.advance(12_000);
    expect(await send(backend, 'x')).toMatchObject({ status: 200 });
    expect(scopes()).toEqual(['read', 'read write', 'read write admin', 'read write', 'read']);
  });

  it('happens once a call: a 403 after it is the answer, and the same demand costs nothing more', async () => {
    const backend = await stepping();
    wants(scope('write'));
    wants(scope('admin'));
    expect(await send(backend, 'x')).toMatchObject({ status: 403 });
    wants(scope('write'));
    expect(await send(backend, 'x')).toMatchObject({ status: 403 });
    expect(scopes()).toEqual(['read', 'read write']);
  });

  it('happens once a call also where the budget would allow it again', async () => {
    const clock = manualClock();
    const oauth2 = { scope: 'read', step_up: { scopes: ['write', 'admin'] } };
    const backend = await world.acceptedBackend({ oauth2 }, { clock });
    let calls = 0;
    world.api.valid = () => {
      calls += 1;
      clock.advance(20_000);
      world.api.challenge = `Bearer ${scope(calls === 1 ? 'write' : 'admin')}`;
      return calls > 2;
    };
    expect(await send(backend, 'x')).toMatchObject({ status: 401 });
    expect(scopes()).toEqual(['read', 'read write']);
  });

  it('is one token request for all calls that want the same at a time', async () => {
    const backend = await stepping();
    world.api.challenge = `Bearer ${scope('write')}`;
    world.api.revoke('token-1');
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(backend, 'x')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(scopes()).toEqual(['read', 'read write']);
  });

  it.each(['base64', 'base64url'] as const)('asks once with the decoded claims (%s)', async (encoding) => {
    const clock = manualClock();
    const step_up = { claims: true };
    const backend = await world.acceptedBackend({ oauth2: { step_up } }, { clock });
    wants(claims(CLAIMS, encoding), 401);
    expect(await send(backend, 'x')).toMatchObject({ status: 200 });
    expect(JSON.parse(forms()[1]?.['claims'] ?? '')).toEqual(CLAIMS);
    await send(backend, 'x');
    expect(world.api.tokens()).toEqual(['token-1', 'token-2', 'token-2']);
    clock.advance(3_600_000);
    await send(backend, 'x');
    expect(forms().map((form) => 'claims' in form)).toEqual([false, true, false]);
  });

  it('does not wait for a young token, and stays inside the budget', async () => {
    const backend = world.backend(
      { oauth2: { scope: 'read', step_up: { claims: true } } as never },
      { clock: manualClock() },
    );
    for (let count = 0; count < 4; count++) {
      wants(claims({ count }));
      expect(await send(backend, 'x')).toMatchObject({ status: 200 });
    }
    // The first token had not been accepted; those after it were.
    expect(world.as.requests).toHaveLength(1 + 4);
    for (let count = 4; count < 7; count++) {
      wants(claims({ count }));
      await send(backend, 'x');
    }
    expect(world.as.requests).toHaveLength(1 + 5);
  });

  it('does not repeat a stream, nor anything with `retries` 0', async () => {
    const backend = await stepping();
    wants(scope('write'));
    expect(await send(backend, 'x', { method: 'POST', body: Readable.from(['a']) })).toMatchObject({ status: 403 });
    const never = await stepping({ retries: 0 });
    wants(scope('write'));
    expect(await send(never, 'x')).toMatchObject({ status: 403 });
    expect(scopes()).toEqual(['read', 'read']);
  });

  it('that the token endpoint refuses fails with the status that asked for it; others go on', async () => {
    const backend = await stepping();
    wants(scope('write'));
    world.as.next({ status: 400, body: { error: 'invalid_scope' } });
    const error = await rejection(send(backend, 'x'));
    expect(error).toMatchObject({ resource: { status: 403 }, response: { error: 'invalid_scope' } });
    expect(await send(backend, 'x')).toMatchObject({ status: 200 });
    expect(world.api.tokens()).toEqual(['token-1', 'token-1']);
  });

  it('waits for a renewal under way, whose token has less', async () => {
    const clock = manualClock();
    const oauth2 = { scope: 'read', step_up: { scopes: ['write'] } };
    const backend = await world.acceptedBackend({ oauth2 }, { clock });
    clock.advance(3_000_000);
    const release = world.as.hold();
    await send(backend, 'x');
    wants(scope('write'));
    const answer = send(backend, 'y');
    await world.api.arrived(2);
    await turn();
    release();
    expect(await answer).toMatchObject({ status: 200 });
    expect(scopes()).toEqual(['read', 'read', 'read write']);
  });
});

it('step_up asks by itself where tokens are shared, and does not take a token that has less', async () => {
  const store = memoryStore(new Map(), { storeSecret: randomBytes(32) });
  const oauth2 = { scope: 'read', step_up: { scopes: ['write'] } };
  const [one, other] = [world.backend({ oauth2 }, { store }), world.backend({ oauth2 }, { store })];
  await one.token();
  await turn();
  expect((await other.token()).value).toBe('token-1');
  wants(scope('write'));
  expect((await one.fetch('x')).status).toBe(200);
  expect(scopes()).toEqual(['read', 'read write']);
  await delay(50);
  // The fleet's token is still the one that all may have.
  for (const each of [other, world.backend({ oauth2 }, { store })]) {
    expect((await each.token()).value).toBe('token-1');
  }
});

it('step_up asks by the password again when the refresh token has less scope', async () => {
  world.as.extra = { refresh_token: 'refresh-1' };
  const oauth2 = { grant_type: 'password', username: 'ann', password: 'secret', scope: 'read' } as const;
  const backend = await world.acceptedBackend({ oauth2: { ...oauth2, step_up: { scopes: ['write'] } } as never });
  wants(scope('write'));
  expect((await backend.fetch('x')).status).toBe(200);
  expect(forms().map(({ grant_type }) => grant_type)).toEqual(['password', 'password']);
  expect(scopes()).toEqual(['read', 'read write']);
});
