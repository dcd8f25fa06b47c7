import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  type BackendDefinitions,
  type BackendsOptions,
  createBackends,
  type RequestContext,
  tokenSource,
} from 'oauth2-backend';
import type { Answer } from 'test-servers/recording-server';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { type ManualClock, manualClock } from '../../sources/manual-clock.js';

let server: TokenServer;
let clock: ManualClock;
let warnings: string[];
beforeEach(async () => {
  server = await tokenServer();
  clock = manualClock();
  warnings = [];
  jest.spyOn(process, 'emitWarning').mockImplementation((warning, options) => {
    expect(options).toEqual({ type: 'OAuth2BackendWarning' });
    warnings.push(String(warning));
  });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await server.close();
});

const HOUR = 3_600_000;
const unavailable: Answer = { status: 503 };
const client = { grant_type: 'client_credentials', client_id: 'shop', client_secret: 's3cret' } as const;

function world(definitions: (endpoint: string) => BackendDefinitions, options: BackendsOptions = {}) {
  const backends = createBackends(definitions(server.url), { clock, ...options });
  /** What a call gets: its token, or nothing. */
  const ask = (name: string, user?: string): Promise<string | undefined> => {
    const request = { headers: user === undefined ? {} : { authorization: `Bearer ${user}` } };
    const context = { request, inbound: { user } } as unknown as RequestContext;
    const backend = user === undefined ? backends.get(name) : backends.for(context)[name];
    return (backend?.token() ?? Promise.reject()).then(
      ({ value }) => value,
      () => undefined,
    );
  };
  return { backends, ask };
}
const alone = (more = {}) =>
  world(
    (token_endpoint) => ({ billing: { origin: 'http://127.0.0.1:9', oauth2: { ...client, token_endpoint } } }),
    more,
  );
const exchange = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  client_id: 'shop',
  client_secret: 's3cret',
} as const;
const ofUsers = (oauth2: object = { subject: (context?: RequestContext) => context?.inbound.user }) =>
  world((token_endpoint) => ({
    billing: { origin: 'http://127.0.0.1:9', oauth2: { ...exchange, token_endpoint, ...oauth2 } },
  }));
const users = (count: number) => Array.from({ length: count }, (_, index) => `user-${index}-of-many`);

const STARTED = /^token for "billing" could not be renewed: 127\.0\.0\.1:\d+ .*; next attempt after 20\d\d-.*Z$/;

describe('an outage, without a logger', () => {
  it('is one warning at its start and one at its end, however often callers ask', async () => {
    const { ask } = alone();
    await ask('billing');
    clock.pass(HOUR);
    server.failure = unavailable;
    for (let count = 0; count < 5; count++) {
      expect(await ask('billing')).toBeUndefined();
      clock.pass(3_000);
    }
    expect(warnings).toEqual([expect.stringMatching(STARTED)]);
    expect(warnings[0]).toContain('answered client "shop" 503');
    server.failure = undefined;
    expect(await ask('billing')).toBe('token-2');
    clock.pass(HOUR);
    await ask('billing');
    expect(warnings.slice(1)).toEqual(['token for "billing" is renewed again, 15 s after the first failure']);
    server.failure = { status: 401, body: { error: 'invalid_client' } };
    clock.pass(HOUR);
    await ask('billing');
    expect(warnings).toHaveLength(3);
  });

  it('is told when a renewal in the background fails, of which callers see nothing', async () => {
    const { ask } = alone();
    await ask('billing');
    clock.pass(0.9 * HOUR);
    server.failure = { status: 400, body: { error: 'invalid_client' } };
    expect(await ask('billing')).toBe('token-1');
    await server.arrived(2);
    for (let round = 0; warnings.length === 0 && round < 100; round++) await new Promise(setImmediate);
    expect(warnings).toEqual([expect.stringMatching(STARTED)]);
  });

  it('is none with a logger, which has it', async () => {
    const lines: string[] = [];
    const say = (_: object, text: string) => void lines.push(text);
    const { ask } = alone({ logger: { debug: say, info: say, warn: say, error: say } });
    server.failure = unavailable;
    await ask('billing');
    expect(warnings).toEqual([]);
    expect(lines).toContainEqual(expect.stringMatching(STARTED));
  });

  it('is told of a secret that cannot be had, and of acquire() that fails', async () => {
    let fails = true;
    const vault = () => {
      if (fails) throw new Error('sealed');
      return 'a-secret';
    };
    const acquire = () => ({ value: vault() });
    const { ask } = world((token_endpoint) => ({
      billing: { origin: 'http://127.0.0.1:9', oauth2: { ...client, token_endpoint, client_secret: vault } },
      vendor: { origin: 'http://127.0.0.1:9', oauth2: tokenSource({ acquire }) },
    }));
    await ask('billing');
    await ask('vendor');
    expect(warnings.map((warning) => warning.split(';')[0])).toEqual([
      'token for "billing" could not be renewed: client_secret of "billing" could not be had: its function threw',
      'token for "vendor" could not be renewed: acquire() of "vendor" failed',
    ]);
    fails = false;
    clock.pass(30_000);
    await ask('billing');
    await ask('vendor');
    expect(warnings.slice(2)).toEqual([
      'token for "billing" is renewed again, 30 s after the first failure',
      'token for "vendor" is renewed again, 30 s after the first failure',
    ]);
  });
});

describe('backends that share a token backend', () => {
  const pair = () =>
    world(() => ({
      idp: { origin: server.origin },
      billing: { origin: 'http://127.0.0.1:9', oauth2: { ...client, token_endpoint: '/token', backend: 'idp' } },
      stock: {
        origin: 'http://127.0.0.1:9',
        oauth2: { ...client, client_id: 'other', token_endpoint: '/token', backend: 'idp' },
      },
    }));

  it('have one outage when it cannot be reached, over when one of them is served', async () => {
    const { ask } = pair();
    server.failure = { reset: true };
    await ask('billing');
    clock.pass(3_000);
    await ask('stock');
    expect(warnings).toEqual([expect.stringMatching(STARTED)]);
    server.failure = undefined;
    clock.pass(3_000);
    await ask('stock');
    await ask('billing');
    expect(warnings.slice(1)).toEqual(['token for "stock" is renewed again, 6 s after the first failure']);
  });

  it('have one outage when both are refused, over when both are served', async () => {
    const { ask } = pair();
    server.failure = { status: 401, body: { error: 'invalid_client' } };
    await ask('billing');
    await ask('stock');
    expect(warnings).toHaveLength(1);
    server.failure = undefined;
    clock.pass(60_000);
    await ask('stock');
    expect(warnings).toHaveLength(1);
    await ask('billing');
    expect(warnings.slice(1)).toEqual(['token for "billing" is renewed again, 60 s after the first failure']);
  });
});

describe('an outage, with a fleet of users', () => {
  it.each<[string, Answer]>([
    ['cannot be reached', { reset: true }],
    ['answers 503', unavailable],
    ['refuses the client', { status: 401, body: { error: 'invalid_client' } }],
  ])('is one warning at its start and one at its end: the endpoint %s', async (_, failure) => {
    const { ask } = ofUsers();
    const fleet = users(60);
    await Promise.all(fleet.map((user) => ask('billing', user)));
    server.failure = failure;
    for (let round = 0; round < 3; round++) {
      clock.pass(HOUR);
      await Promise.all(fleet.map((user) => ask('billing', user)));
    }
    expect(warnings).toEqual([expect.stringMatching(STARTED)]);
    server.failure = undefined;
    clock.pass(HOUR);
    await Promise.all(fleet.map((user) => ask('billing', user)));
    expect(warnings).toHaveLength(2);
    expect(warnings[1]).toMatch(/ is renewed again, \d+ s after the first failure$/);
  });

  it('is told of the only user at once, and of a first one', async () => {
    const { ask } = ofUsers();
    await ask('billing', 'ann-of-many');
    clock.pass(HOUR);
    server.failure = unavailable;
    await ask('billing', 'ann-of-many');
    expect(warnings).toHaveLength(1);
  });

  it('is not the trouble of one while others are served', async () => {
    const { ask } = ofUsers();
    const [ann = '', bob = ''] = users(2);
    for (let round = 0; round < 5; round++) {
      server.failure = undefined;
      clock.pass(2 * HOUR);
      await ask('billing', bob);
      server.failure = { status: 500 };
      expect(await ask('billing', ann)).toBeUndefined();
    }
    expect(warnings).toEqual([]);
  });

  it('is never told of strangers, nor of users whose own token is refused', async () => {
    const { ask } = ofUsers({ subject: undefined });
    server.failure = { status: 500 };
    await Promise.all(users(20).map((user) => ask('billing', user)));
    server.failure = { status: 400, body: { error: 'invalid_grant' } };
    clock.pass(HOUR);
    await Promise.all(users(20).map((user) => ask('billing', user)));
    // After five in a row it is the client, and that is a warning of its own.
    expect(warnings.filter((warning) => !warning.includes('users in a row'))).toEqual([]);

    const verified = ofUsers();
    for (const user of users(4)) await verified.ask('billing', user);
    expect(warnings.filter((warning) => !warning.includes('users in a row'))).toEqual([]);
  });

  it('is told of one who has had a token, verified or not', async () => {
    const { ask } = ofUsers({ subject: undefined });
    await ask('billing', 'ann-of-many');
    clock.pass(HOUR);
    server.failure = { status: 500 };
    await ask('billing', 'ann-of-many');
    expect(warnings).toEqual([expect.stringMatching(STARTED)]);
  });
});
