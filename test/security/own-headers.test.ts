import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Options, OptionsInit } from 'got';
import { AuthorizationHeaderError, type Backend } from 'oauth2-backend';
import { Headers as UndiciHeaders, Request as UndiciRequest } from 'undici';
import { rejection } from '../../packages/oauth2-backend/test/clients/client-world.js';
import { type HostileWorld, hostileWorld } from './hostile-world.js';

let world: HostileWorld;
beforeAll(async () => {
  world = await hostileWorld();
});
beforeEach(() => world.renew());
afterAll(() => world.close());

const VALUE = 'Bearer of-somebody-else';
const names = [
  'Authorization',
  'authorization',
  'AUTHORIZATION',
  'aUtHoRiZaTiOn',
  'Host',
  'host',
  'HOST',
  'Proxy-Authorization',
  'proxy-authorization',
  'PROXY-AUTHORIZATION',
];

type Form = readonly [string, (name: string) => unknown];

/** Objects that both clients read. */
const objects: readonly Form[] = [
  ['an object', (name) => ({ [name]: VALUE })],
  ['an object with a list', (name) => ({ [name]: [VALUE, VALUE] })],
  ['an object with an empty value', (name) => ({ [name]: '' })],
  ['an object without a prototype', (name) => Object.assign(Object.create(null), { [name]: VALUE })],
  ['an object behind others', (name) => ({ accept: '*/*', 'x-a': '1', [name]: VALUE })],
  ['a getter', (name) => Object.defineProperty({}, name, { get: () => VALUE, enumerable: true })],
  ['a Proxy', (name) => new Proxy({ [name]: VALUE }, {})],
  ['a frozen object', (name) => Object.freeze({ [name]: VALUE })],
];

/** What only fetch and request take. */
const lists: readonly Form[] = [
  ['Headers', (name) => new Headers([[name, VALUE]])],
  ["undici's Headers", (name) => new UndiciHeaders([[name, VALUE]])],
  [
    'pairs',
    (name) => [
      ['accept', '*/*'],
      [name, VALUE],
    ],
  ],
  ['a Map', (name) => new Map([[name, VALUE]])],
  ['a flat list', (name) => ['accept', '*/*', name, VALUE]],
  ['an iterable', (name) => new Set([[name, VALUE]])],
  [
    'an iterator that can be read once',
    (name) =>
      (function* once() {
        yield [name, VALUE];
      })(),
  ],
];

/** How headers get into a call. */
const calls: readonly (readonly [string, readonly Form[], (backend: Backend, headers: never) => Promise<unknown>])[] = [
  ['got', objects, async ({ got }, headers) => got('x', { headers })],
  ['got.post', objects, async ({ got }, headers) => got.post('x', { headers, json: {} })],
  ['got({ headers })', objects, async ({ got }, headers) => got({ url: 'x', headers })],
  ['got.extend', objects, async ({ got }, headers) => got.extend({ headers })('x')],
  ['got.stream', objects, async ({ got }, headers) => once(got.stream('x', { headers }).resume(), 'end')],
  ['got.paginate', objects, async ({ got }, headers) => got.paginate.all('x', { headers } as never)],
  ['fetch', [...objects, ...lists], async (backend, headers) => backend.fetch('x', { headers })],
  ['request', [...objects, ...lists], async (backend, headers) => backend.request('x', { headers })],
  [
    'fetch(Request, init)',
    [...objects, ...lists],
    async (backend, headers) => backend.fetch(new Request(`${world.api.origin}/v1/x`), { headers }),
  ],
];

describe.each(calls)('%s with a header that is the backend’s own', (_, forms, send) => {
  it.each(forms)('as %s is an AuthorizationHeaderError before any token request (104)', async (_form, make) => {
    for (const name of names) {
      const error = await rejection(send(world.target, make(name) as never));
      expect([name, error]).toEqual([name, expect.any(AuthorizationHeaderError)]);
      expect(error.message).not.toContain('somebody');
    }
    expect(world.heard()).toEqual({ foreign: 0, tokens: 0, api: [] });
  });
});

describe('a header that is the backend’s own', () => {
  // Node's Request drops nothing of these on the way.
  it.each([
    ["Node's Request", Request],
    ["undici's Request", UndiciRequest as unknown as typeof Request],
  ])('in %s is refused (104)', async (_, Kind) => {
    for (const name of names) {
      const request = new Kind(`${world.api.origin}/v1/x`, { headers: { [name]: VALUE } });
      expect(await rejection(world.target.fetch(request))).toBeInstanceOf(AuthorizationHeaderError);
    }
    expect(world.heard()).toEqual({ foreign: 0, tokens: 0, api: [] });
  });

  it.each(['username', 'password'])('as %s of got is refused (104)', async (member) => {
    for (const send of [
      () => world.target.got('x', { [member]: 'u' }),
      () => world.target.got.extend({ [member]: 'u' })('x'),
      () => once(world.target.got.stream('x', { [member]: 'u' }).resume(), 'end'),
      () => world.target.got.paginate.all('x', { [member]: 'u' } as never),
    ]) {
      expect(await rejection((async () => send())())).toBeInstanceOf(AuthorizationHeaderError);
    }
    expect(world.heard()).toEqual({ foreign: 0, tokens: 0, api: [] });
  });

  it.each(['beforeRequest', 'init'])('set by a %s hook of got does not get out (104)', async (kind) => {
    for (const name of names) {
      const set = (options: { headers: Options['headers'] }) => {
        options.headers[name.toLowerCase()] = VALUE;
      };
      const hooks: NonNullable<OptionsInit['hooks']> =
        kind === 'init' ? { init: [(_plain, options) => set(options)] } : { beforeRequest: [set] };
      expect(await rejection(world.target.got('x', { hooks }))).toBeInstanceOf(AuthorizationHeaderError);
      expect(await rejection(world.target.got.extend({ hooks })('x'))).toBeInstanceOf(AuthorizationHeaderError);
      const streaming = once(world.target.got.stream('x', { hooks }).resume(), 'end');
      expect(await rejection(streaming)).toBeInstanceOf(AuthorizationHeaderError);
    }
    expect(world.heard().api).toEqual([]);
  });

  it('set by credentials that a got hook writes into the URL does not get out (104)', async () => {
    const hooks = {
      beforeRequest: [
        (options: { url?: unknown }) => {
          (options.url as URL).username = 'somebody';
        },
      ],
    };
    await rejection(world.target.got('x', { hooks }));
    expect(world.heard().api).toEqual([]);
  });

  it.each([' authorization', 'authorization ', 'Authorization\t', 'host ', '\nhost'])(
    'with white space around %j is refused too',
    async (name) => {
      for (const send of [
        async () => world.target.got('x', { headers: { [name]: VALUE } }),
        async () => world.target.fetch('x', { headers: { [name]: VALUE } }),
        async () => world.target.request('x', { headers: { [name]: VALUE } }),
      ]) {
        expect(await rejection(send())).toBeInstanceOf(AuthorizationHeaderError);
      }
      expect(world.heard()).toEqual({ foreign: 0, tokens: 0, api: [] });
    },
  );

  it('that looks like one to other readers is no other header to the server', async () => {
    for (const name of ['authorizati\u043en', 'h\u00f6st', 'authorization:x', 'authorization\r\nx', '']) {
      for (const send of [
        async () => world.target.got('x', { headers: { [name]: VALUE } }),
        async () => world.target.fetch('x', { headers: { [name]: VALUE } }),
        async () => world.target.request('x', { headers: { [name]: VALUE } }),
      ]) {
        await rejection(send());
      }
    }
    expect(world.heard().api).toEqual([]);
  });
});
