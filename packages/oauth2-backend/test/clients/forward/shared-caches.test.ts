import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { staticToken } from 'oauth2-backend';
import { ask, type ForwardWorld, forwardWorld } from './forward-world.js';

let world: ForwardWorld;
beforeEach(async () => {
  world = await forwardWorld();
});
afterEach(() => world.close());

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const USER = { oauth2: { grant_type: JWT_BEARER, assertion: () => 'alice', subject: () => 'alice' } };
const SOURCE = { tokens: { api: staticToken('good') } };

/** The `Cache-Control` that the client gets for what the backend sends. */
const given = async (
  sent: Record<string, string | readonly string[]>,
  { changes, options, method = 'GET' }: { changes?: object; options?: object; method?: string } = {},
) => {
  world.api.next({ headers: sent });
  const port = await world.application(world.backend(changes, options));
  return (await ask(port, '/x', { method })).headers['cache-control'];
};

describe('backend.forward(request): Cache-Control of an answer got with a token', () => {
  it.each([
    [undefined, 'private'],
    ['max-age=60', 'max-age=60, private'],
    ['no-cache', 'no-cache, private'],
    ['private="x-name"', 'private="x-name", private'],
    ['x-note="public, s-maxage=5"', 'x-note="public, s-maxage=5", private'],
    ['community="public"', 'community="public", private'],
    ['max-age=60, s-maxage=never', 'max-age=60, s-maxage=never, private'],
    ['no-store, must-understand', 'no-store, must-understand, private'],
    ['max-age=60, note="public', 'private'],
    ['max-age=60; public', 'private'],
  ])('%s becomes %s', async (sent, wanted) => {
    expect(await given(sent === undefined ? {} : { 'cache-control': sent })).toBe(wanted);
  });

  it.each(['private', 'no-store', 'PUBLIC, max-age=60', 's-maxage=60', 's-maxage="60"', 'max-age=60 ,must-revalidate'])(
    '%s stays',
    async (sent) => {
      expect(await given({ 'cache-control': sent })).toBe(sent);
    },
  );

  it('is read over all of its lines', async () => {
    expect(await given({ 'cache-control': ['max-age=60', 'public'] })).toBe('max-age=60, public');
    expect(await given({ 'cache-control': ['max-age=60', 'no-transform'] })).toBe('max-age=60, no-transform, private');
  });

  it.each([
    ['of a function of the context', { changes: USER }],
    ['of a TokenSource', { options: SOURCE }],
  ])("with must-revalidate stays only beside max-age=0 where the token is a user's: %s", async (_, open) => {
    expect(await given({ 'cache-control': 'max-age=60, must-revalidate' }, open)).toBe(
      'max-age=60, must-revalidate, private',
    );
    expect(await given({ 'cache-control': 'must-revalidate' }, open)).toBe('must-revalidate, private');
    expect(await given({ 'cache-control': 'max-age=0, must-revalidate' }, open)).toBe('max-age=0, must-revalidate');
  });

  it('says it to a POST only where a cache may keep the answer, and to no PUT or DELETE', async () => {
    expect(await given({}, { method: 'POST' })).toBeUndefined();
    expect(await given({ 'cache-control': 'max-age=60' }, { method: 'POST' })).toBe('max-age=60, private');
    for (const method of ['PUT', 'DELETE', 'OPTIONS']) {
      expect(await given({ 'cache-control': 'max-age=60' }, { method })).toBe('max-age=60');
    }
  });

  it('is left alone where there is no token', async () => {
    expect(await given({ 'cache-control': 'max-age=60' }, { changes: { oauth2: false } })).toBe('max-age=60');
  });

  it('is read in linear time', async () => {
    const sent = `a,${' \t'.repeat(5_000)}@,${'"'.repeat(2_000)}`;
    const start = process.cpuUsage().user;
    expect(await given({ 'cache-control': sent })).toBe('private');
    expect(process.cpuUsage().user - start).toBeLessThan(200_000);
  });
});
