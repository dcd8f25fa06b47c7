import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ForwardOptions } from 'oauth2-backend';
import { ask, type ForwardWorld, forwardWorld } from './forward-world.js';

let world: ForwardWorld;
beforeEach(async () => {
  world = await forwardWorld();
});
afterEach(() => world.close());

describe("backend.forward(request, { passCookies: ['sid'] })", () => {
  const sent = async (cookie: string | readonly string[], before?: (headers: Record<string, unknown>) => void) => {
    const touch = before && ((request: { headers: object }) => before(request.headers as never));
    const port = await world.application(world.backend(), { passCookies: ['sid', 'a.b'] }, touch);
    await ask(port, '/x', { headers: { cookie } });
    return world.api.requests[0]?.headers['cookie'];
  };

  it('sends those cookies on as they came, and no other', async () => {
    expect(await sent('session=1; sid="a=b,c";a.b=; SID=2; sidx=3; x=sid=4; sid=5')).toBe('sid="a=b,c"; a.b=; sid=5');
  });

  it('reads several fields, and what the application has left of them', async () => {
    expect(await sent(['x=1; sid=2', 'sid=3'])).toBe('sid=2; sid=3');
    expect(await sent('sid=2', (headers) => delete headers['cookie'])).toBe('sid=2; sid=3');
    expect(world.api.requests[1]?.headers).not.toHaveProperty('cookie');
  });

  it('sends no Cookie where none has such a name', async () => {
    expect(await sent('session=1')).toBeUndefined();
  });

  const got = async (
    cookies: string | readonly string[],
    { mount = '/api/billing', path_prefix = '/v1', ...more }: ForwardOptions & { path_prefix?: string } = {},
  ) => {
    world.api.next({ headers: { 'set-cookie': cookies as string } });
    const port = await world.application(world.backend(path_prefix === '' ? {} : { path_prefix }), {
      passCookies: ['sid', '__Host-sid'],
      mount,
      ...more,
    });
    return (await ask(port, `${mount}/x`)).headers['set-cookie'];
  };

  it('gives those cookies back, and no other', async () => {
    expect(await got(['session=1', 'sid=1; HttpOnly', 'SID=2', ' sid =3', 'x=1; sid=2'])).toEqual([
      'sid=1; HttpOnly',
      'sid =3',
    ]);
    expect(await got('session=1')).toBeUndefined();
  });

  it.each([
    ['sid=1; Domain=example.com; Secure; domain=.example.com', 'sid=1; Secure'],
    ['sid=1; Path=/v1; Max-Age=5', 'sid=1; Path=/api/billing; Max-Age=5'],
    ['sid=1; path = /v1/a/b;Secure', 'sid=1; Path=/api/billing/a/b;Secure'],
    ['sid=1; Path=/; SameSite=Lax', 'sid=1; Path=/api/billing; SameSite=Lax'],
    ['sid=1; Path=x', 'sid=1; Path=x'],
    ['sid=1;', 'sid=1;'],
    ['__Host-sid=1; Path=/; Secure', '__Host-sid=1; Path=/; Secure'],
  ])('gives %s as %s', async (cookie, wanted) => {
    expect(await got(cookie)).toEqual([wanted]);
  });

  it('gives no cookie that would never come back, or that a mount would change', async () => {
    expect(await got(['sid=1; Path=/v1x', 'sid=1; Path=/admin'])).toBeUndefined();
    const port = await world.application(world.backend(), { passCookies: ['sid'] }, (request) => {
      Object.assign(request, { originalUrl: `/a;domain=evil${request.url}`, baseUrl: '/a;domain=evil' });
    });
    world.api.next({ headers: { 'set-cookie': 'sid=1; Path=/' } });
    expect((await ask(port, '/x')).headers['set-cookie']).toBeUndefined();
  });

  it('gives the paths of a backend without a prefix below the mount', async () => {
    expect(await got('sid=1; Path=/a', { path_prefix: '' })).toEqual(['sid=1; Path=/api/billing/a']);
    expect(await got('sid=1; Path=/', { path_prefix: '' })).toEqual(['sid=1; Path=/api/billing']);
    expect(await got('sid=1; Path=/a', { path_prefix: '', mount: '' })).toEqual(['sid=1; Path=/a']);
    expect(await got('sid=1; Path=/', { path_prefix: '', mount: '' })).toEqual(['sid=1; Path=/']);
  });

  it('leaves a path alone that the backend has made with X-Forwarded-Prefix', async () => {
    const forwarded = 'x-forwarded' as const;
    for (const path_prefix of ['', '/v1']) {
      expect(await got('sid=1; Path=/api/billing/a', { path_prefix, forwarded })).toEqual([
        'sid=1; Path=/api/billing/a',
      ]);
    }
    expect(await got('sid=1; Path=/v1/a', { forwarded })).toEqual(['sid=1; Path=/api/billing/a']);
  });

  it.each([[[]], [['a b']], [['']], ['sid']])('refuses %j', async (passCookies) => {
    const forwarded = world.backend().forward({} as never, { passCookies } as never);
    await expect(forwarded).rejects.toMatchObject({ problems: [{ path: 'passCookies' }] });
  });

  it('refuses passSetCookie beside it', async () => {
    const forwarded = world.backend().forward({} as never, { passCookies: ['sid'], passSetCookie: true });
    await expect(forwarded).rejects.toMatchObject({ problems: [{ path: 'passSetCookie' }] });
  });
});
