import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CompactEncrypt } from 'jose';
import { redisInstalled } from 'test-servers/redis-server';
import { accepted } from '../../packages/oauth2-backend/test/sources/accepted.js';
import { type FleetWorld, fleetWorld, type Member, type MemberOptions, until } from './fleet-world.js';

const suite = redisInstalled() ? describe : describe.skip;
const LIFE = 3_600_000;
const UNREADABLE =
  'warn a record in the token store was not sealed with our secret for its key; it counts as absent and is replaced';
const MALFORMED = 'warn a record in the token store was no token of this version; it counts as absent and is replaced';
const OVERSIZED = 'warn a record in the token store was over 64 KiB; it counts as absent and is replaced';
const REPLAYED = 'warn a record in the token store was older than one seen before; it counts as absent and is replaced';

let world: FleetWorld;
beforeEach(async () => {
  world = await fleetWorld();
});
afterEach(() => world.close());

/** The keys of records, in the order in which they came. */
async function recordKeys(): Promise<string[]> {
  return (await world.own.keys('*')).filter((key) => !key.endsWith(':lease'));
}

async function value(member: Member): Promise<string> {
  const { value } = await member.backend.token();
  await world.written();
  return value;
}

/** The one record of a member that has just started, at its key. */
async function firstRecord(options: MemberOptions = {}): Promise<{ member: Member; key: string; record: string }> {
  const before = await recordKeys();
  const member = await world.member(options);
  await value(member);
  const key = (await recordKeys()).find((each) => !before.includes(each)) ?? '';
  return { member, key, record: (await world.own.get(key)) ?? '' };
}

/** A member that starts now asks itself, says why, and replaces the record. */
async function expectRefusal(key: string, report: string, options: MemberOptions = {}): Promise<void> {
  const asked = world.as.requests.length;
  const member = await world.member(options);
  expect(await value(member)).toBe(`token-${asked + 1}`);
  expect(member.said).toContain(report);
  expect(await value(await world.member(options))).toBe(`token-${asked + 1}`);
  expect(world.as.requests).toHaveLength(asked + 1);
  expect(await world.own.strLen(key)).toBeLessThan(64 * 1024);
}

suite('a record in the store is refused, replaced and reported', () => {
  it('moved to the key of another identity', async () => {
    const other = { oauth2: { client_id: 'admin' } };
    const shop = await firstRecord();
    const admin = await firstRecord(other);
    await world.own.set(shop.key, admin.record);
    await expectRefusal(shop.key, UNREADABLE);
    await world.own.set(admin.key, shop.record);
    await expectRefusal(admin.key, UNREADABLE, other);
  });

  it('tampered with in any of its parts, cut or empty', async () => {
    const { key, record } = await firstRecord();
    const parts = record.split('.');
    const changed = [0, 2, 3, 4].map((index) =>
      parts.map((part, each) => (each === index ? flip(part) : part)).join('.'),
    );
    for (const wrong of [...changed, record.slice(0, -4), record.slice(0, 20), '....', 'x', `${record}.`]) {
      await world.own.set(key, wrong);
      await expectRefusal(key, UNREADABLE);
    }
  });

  it('forged with a secret of the attacker, under our name for the secret or its own', async () => {
    const { key, record } = await firstRecord();
    const header = JSON.parse(Buffer.from(record.split('.')[0] ?? '', 'base64url').toString());
    const forged = {
      schema: 1,
      value: 'evil',
      issuedAt: Date.now(),
      expiresAt: Date.now() + LIFE,
      order: Date.now() + LIFE,
    };
    for (const kid of [header.kid, 'evil', '__proto__']) {
      const sealed = await new CompactEncrypt(Buffer.from(JSON.stringify(forged)))
        .setProtectedHeader({ ...header, kid })
        .encrypt(randomBytes(32));
      await world.own.set(key, sealed);
      await expectRefusal(key, UNREADABLE);
    }
    for (const alg of [
      { alg: 'none' },
      { alg: 'PBES2-HS256+A128KW', p2c: 1e9, p2s: 'AAAA' },
      { ...header, enc: 'A128CBC-HS256' },
      { ...header, zip: 'DEF' },
    ]) {
      const [, ...rest] = record.split('.');
      await world.own.set(key, [Buffer.from(JSON.stringify(alg)).toString('base64url'), ...rest].join('.'));
      await expectRefusal(key, UNREADABLE);
    }
  });

  it('over 64 KiB, of another type, or a lease that never ends', async () => {
    const { key } = await firstRecord();
    await world.own.setRange(key, 5_000_000, 'x');
    await expectRefusal(key, OVERSIZED);
    await world.own.del(key);
    await world.own.hSet(key, 'a', 'b');
    await expectRefusal(key, UNREADABLE);
    await world.own.del(key);
    await world.own.set(`${key}:lease`, 'nobody');
    expect(await value(await world.member())).toBe(`token-${world.as.requests.length}`);
  });

  it.each([
    ['lasts for an hour', 'nobody'],
    ['is larger than any fence', 'x'.repeat(65)],
  ])('and a lease that %s keeps nobody waiting', async (_what, lease) => {
    const { key } = await firstRecord();
    await world.own.del(key);
    const PX = lease === 'nobody' ? LIFE : 1_500;
    await world.own.set(`${key}:lease`, lease, { expiration: { type: 'PX', value: PX } });
    const began = performance.now();
    expect(await value(await world.member())).toBe('token-2');
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('replayed from before a renewal, to a member that knows the newer one', async () => {
    const { member, key, record } = await firstRecord();
    member.pass(0.8 * LIFE);
    await until(async () => (await value(member)) === 'token-2');
    await world.own.set(key, record);
    member.pass(0.8 * LIFE);
    await until(async () => (await value(member)) === 'token-3');
    expect(member.said).toContain(REPLAYED);
    expect(world.as.requests).toHaveLength(3);
  });

  it('replayed from before a 401: the refused token does not come back, nor an older one', async () => {
    const { member, key, record } = await firstRecord();
    const refuse = async () => {
      await accepted(member.backend.token());
      member.pass(31_000);
      world.api.next({ status: 401 });
      return (await member.backend.fetch('/a')).status;
    };
    expect(await refuse()).toBe(200);
    await world.written();
    const second = (await world.own.get(key)) ?? '';
    for (const [turn, replayed] of [record, second].entries()) {
      await world.own.set(key, replayed);
      expect(await refuse()).toBe(200);
      await world.written();
      expect(await value(member)).toBe(`token-${turn + 3}`);
    }
    expect(world.api.tokens().at(-1)).toBe('token-4');
  });

  it('in plain text: bombs, prototype names and what no token may be', async () => {
    const plain = { store: { storeSecret: undefined, storePlaintext: true } };
    const { key, record } = await firstRecord(plain);
    const evil = JSON.stringify({ ...JSON.parse(record), value: 'a\r\nX-Evil: 1' });
    for (const text of ['['.repeat(60_000), `{"__proto__":${record}}`, evil]) {
      await world.own.set(key, text);
      await expectRefusal(key, MALFORMED, plain);
    }
  });

  it('expired: it is replaced, and that is no reason for a report', async () => {
    const { member, key, record } = await firstRecord();
    member.pass(1.1 * LIFE);
    await world.own.set(key, record);
    expect(await value(member)).toBe('token-2');
    expect(member.said.filter((line) => line.startsWith('warn'))).toEqual([]);
  });
});

function flip(part: string): string {
  const bytes = Buffer.from(part, 'base64url');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return bytes.toString('base64url');
}
