import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { OAuth2Definition } from 'oauth2-backend';
import { redisInstalled } from 'test-servers/redis-server';
import { formOf } from 'test-servers/token-server';
import { accepted } from '../../packages/oauth2-backend/test/sources/accepted.js';
import { type FleetWorld, fleetWorld, type Member, until } from './fleet-world.js';

const suite = redisInstalled() ? describe : describe.skip;
const LIFE = 3_600_000;

let world: FleetWorld;
beforeEach(async () => {
  world = await fleetWorld();
});
afterEach(() => world.close());

const members = (count: number, options = {}) =>
  Promise.all(Array.from({ length: count }, () => world.member(options)));
const values = async (all: readonly Member[]) =>
  Promise.all(all.map(async ({ backend }) => (await backend.token()).value));

suite('createBackends(definitions, { store })', () => {
  it('asks once for the members that start together, and never for those that come later', async () => {
    world.as.delay = 100;
    const first = await members(4);
    expect(new Set(await values(first))).toEqual(new Set(['token-1']));
    expect(await values(await members(3))).toEqual(['token-1', 'token-1', 'token-1']);
    expect(world.as.requests).toHaveLength(1);
  });

  it('gives the token with the life and scope that it was granted with', async () => {
    world.as.extra = { scope: 'read' };
    const [one, other] = await members(2);
    const token = await one?.backend.token();
    expect(await other?.backend.token()).toEqual(token);
    expect(token).toMatchObject({ value: 'token-1', type: 'Bearer', scope: 'read' });
  });

  it('leaves the store alone while the token is fresh', async () => {
    const member = await world.member();
    await member.backend.token();
    await world.written();
    const before = await world.own.info('commandstats');
    for (let count = 0; count < 100; count++) await member.backend.token();
    const commands = (text: string) => text.split('\n').filter((line) => /getrange|eval/.test(line));
    expect(commands(await world.own.info('commandstats'))).toEqual(commands(before));
  });

  it('renews ahead in one member, and the others find the new token at their own time without waiting', async () => {
    const all = await members(3);
    await values(all);
    for (const { pass } of all) pass(0.8 * LIFE);
    const [one, ...others] = all;
    expect(await one?.backend.token()).toMatchObject({ value: 'token-1' });
    await until(async () => (await one?.backend.token())?.value === 'token-2');
    for (const other of others) {
      expect(await other.backend.token()).toMatchObject({ value: 'token-1' });
      await until(async () => (await other.backend.token()).value === 'token-2');
    }
    expect(world.as.requests).toHaveLength(2);
  });

  it('keeps nothing in the store longer than the token lives, and no key or record that says whose it is', async () => {
    const { backend } = await world.member({ oauth2: { scope: 'invoices' } });
    const { value } = await backend.token();
    await world.written();
    const keys = await world.own.keys('*');
    const records = await Promise.all(keys.filter((key) => !key.endsWith(':lease')).map((key) => world.own.get(key)));
    expect(records).toHaveLength(1);
    expect(await world.own.pTTL(keys.find((key) => !key.endsWith(':lease')) ?? '')).toBeLessThanOrEqual(LIFE);
    const readable = JSON.stringify([keys, records, ...records.flatMap((record) => parts(record ?? ''))]);
    for (const told of [value, 'shop', 'the-secret', 'invoices', '127.0.0.1', 'localhost', 'token']) {
      expect(readable.replaceAll('oauth2-backend:', '')).not.toContain(told);
    }
  });

  it.each<[string, object]>([
    ['client', { client_id: 'other' }],
    ['secret', { client_secret: 'another' }],
    ['scope', { scope: 'other' }],
    ['parameter', { params: { audience: 'other' } }],
    ['client authentication', { token_endpoint_auth_method: 'client_secret_post' }],
  ])('shares nothing with another %s', async (_what, oauth2) => {
    expect(await values(await members(1))).toEqual(['token-1']);
    expect(await values(await members(1, { oauth2 }))).toEqual(['token-2']);
    expect(await values(await members(1, { oauth2 }))).toEqual(['token-2']);
  });

  it.each<[string, Partial<OAuth2Definition>]>([
    [
      'an assertion',
      {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: (context) => `assertion-of-${String(context?.inbound)}`,
      },
    ],
    [
      'an exchange',
      {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: (context) => `token-of-${String(context?.inbound)}`,
      },
    ],
  ])('shares the token of each user, by %s, and no user has the token of another', async (_by, oauth2) => {
    const [one, other] = await Promise.all([world.member({ oauth2 }), world.member({ oauth2 })]);
    const tokenOf = async (member: Member | undefined, user: string) =>
      (await member?.backends.for({ inbound: user } as never)['api']?.token())?.value;
    for (const member of [one, other]) {
      expect(await tokenOf(member, 'alice')).toBe('token-1');
      expect(await tokenOf(member, 'bob')).toBe('token-2');
    }
    expect(world.as.requests).toHaveLength(2);
  });

  it.each<[string, Partial<OAuth2Definition>]>([
    ['an assertion', { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' }],
    [
      'an actor token',
      {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: () => 'token-of-a-user',
        actor_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      },
    ],
  ])('shares the token of %s from a file with those whose file says the same', async (what, given) => {
    const folder = await mkdtemp(join(tmpdir(), 'fleet-'));
    const file = join(folder, 'given.jwt');
    const oauth2 = { ...given, [what === 'an assertion' ? 'assertion_file' : 'actor_token_file']: file };
    try {
      await writeFile(file, 'service-one');
      const [one, same, other, last] = await members(4, { oauth2 });
      const tokenOf = async (member: Member | undefined) => {
        const { value } = (await member?.backends.for({} as never)['api']?.token()) ?? {};
        await world.written();
        return value;
      };
      expect(await tokenOf(one)).toBe('token-1');
      expect(await tokenOf(same)).toBe('token-1');
      await writeFile(file, 'service-two');
      expect(await tokenOf(other)).toBe('token-2');
      expect(await tokenOf(last)).toBe('token-2');
      expect(JSON.stringify(await world.own.keys('*'))).not.toContain('service');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('uses a refresh token once in the whole fleet, each with the newest', async () => {
    const oauth2 = { grant_type: 'password' as const, username: 'anna', password: 'her-password' };
    world.as.extra = { refresh_token: 'refresh-1' };
    const all = await members(3, { oauth2 });
    await values(all);
    for (const turn of [2, 3, 4]) {
      world.as.extra = { refresh_token: `refresh-${turn}` };
      for (const { pass } of all) pass(1.1 * LIFE);
      // Another member asks each time.
      expect(await all[turn - 2]?.backend.token()).toMatchObject({ value: `token-${turn}` });
      expect(await values(all)).toEqual([1, 2, 3].map(() => `token-${turn}`));
    }
    expect(world.as.requests.map((request) => formOf(request)['refresh_token'] ?? 'password')).toEqual([
      'password',
      'refresh-1',
      'refresh-2',
      'refresh-3',
    ]);
  });

  it('shares between members with the old and the new secret while it is changed', async () => {
    const [old, next] = ['old', 'next'].map((name) => `${name} secret with a lot of random letters 8fJx20KqLz`);
    expect(await values(await members(1, { store: { storeSecret: old } }))).toEqual(['token-1']);
    await world.written();
    expect(await values(await members(1, { store: { storeSecret: [old, next] } }))).toEqual(['token-1']);
    expect(await values(await members(1, { store: { storeSecret: [next, old] } }))).toEqual(['token-1']);
    expect(await values(await members(1, { store: { storeSecret: next } }))).toEqual(['token-2']);
    await world.written();
    expect(await values(await members(1, { store: { storeSecret: [old, next] } }))).toEqual(['token-2']);
  });

  it('shares in plain text when that is asked for', async () => {
    const store = { storeSecret: undefined, storePlaintext: true };
    expect(new Set(await values(await members(3, { store })))).toEqual(new Set(['token-1']));
    const [key = ''] = (await world.own.keys('*')).filter((each) => !each.endsWith(':lease'));
    expect(JSON.parse((await world.own.get(key)) ?? '')).toMatchObject({ schema: 1, value: 'token-1' });
    expect(key).not.toContain('shop');
  });

  it('gives a member that may not ask, because its last request failed, what others have got meanwhile', async () => {
    const [one, other] = await members(2);
    world.as.failure = { status: 400, body: { error: 'unauthorized_client' } };
    await expect(one?.backend.token()).rejects.toThrow('unauthorized_client');
    const asked = world.as.requests.length;
    await expect(one?.backend.token()).rejects.toThrow('unauthorized_client');
    world.as.failure = undefined;
    expect(await other?.backend.token()).toMatchObject({ value: 'token-1' });
    await world.written();
    one?.pass(500);
    expect(await one?.backend.token()).toMatchObject({ value: 'token-1' });
    expect(world.as.requests).toHaveLength(asked + 1);
  });

  it('asks once for the fleet when all of it has been refused, and a late refusal costs nothing', async () => {
    const all = await members(4);
    await values(all);
    for (const { backend } of all) await accepted(backend.token());
    world.api.next(...all.map(() => ({ status: 401 })));
    const answers = await Promise.all(all.map(({ backend }) => backend.fetch('/a')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(world.as.requests).toHaveLength(2);
    const late = await members(2);
    if (late[0]) await accepted(late[0].backend.token());
    world.api.next({ status: 401 });
    expect((await late[0]?.backend.fetch('/a'))?.status).toBe(200);
    await world.written();
    expect((await late[1]?.backend.token())?.value).toBe('token-3');
    expect(world.as.requests).toHaveLength(3);
  });
});

/** The parts of a compact JWE that are readable. */
function parts(record: string): string[] {
  return record.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
}
