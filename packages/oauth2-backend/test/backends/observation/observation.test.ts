import { channel, subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type ChannelMessages,
  createBackends,
  type PauseMessage,
  type RequestContext,
  type TokenRequestMessage,
} from 'oauth2-backend';
import { type ClientWorld, clientWorld } from '../../clients/client-world.js';
import { manualClock } from '../../sources/manual-clock.js';
import { complaintsOf } from '../../sources/real-process.js';

const names = ['renewal', 'refusal', 'pause', 'budget', 'warning'].map(
  (name) => `oauth2-backend:${name}` as keyof ChannelMessages,
);
const tracing = tracingChannel<unknown, TokenRequestMessage>('oauth2-backend:token-request');

let world: ClientWorld;
let heard: [string, unknown][];
const hear = (message: unknown, name: string | symbol) => void heard.push([String(name).split(':')[1] ?? '', message]);
const traced = {
  start: (message: object) => void heard.push(['start', { ...message }]),
  end: () => {},
  asyncStart: () => {},
  asyncEnd: (message: object) => void heard.push(['asyncEnd', { ...message }]),
  error: (message: object) => void heard.push(['error', { ...message }]),
};

beforeEach(async () => {
  world = await clientWorld();
  heard = [];
  for (const name of names) subscribe(name, hear);
  tracing.subscribe(traced);
});
afterEach(async () => {
  for (const name of names) unsubscribe(name, hear);
  tracing.unsubscribe(traced);
  await world.close();
});

describe('diagnostics channels', () => {
  it('tell of a token request and a renewal, by backend, grant and endpoint without its query', async () => {
    const endpoint = `${world.as.url}?key=s3cret`;
    const backend = world.backend({ oauth2: { token_endpoint: endpoint } });
    const { expiresAt } = await backend.token();
    const request = { backend: 'api', grantType: 'client_credentials', endpoint: world.as.url };
    expect(heard).toEqual([
      ['start', request],
      ['asyncEnd', { ...request, status: 200, result: undefined }],
      ['renewal', { backend: 'api', forced: false, expiresAt }],
    ]);
  });

  it('tell of a failure and its pause', async () => {
    const clock = manualClock();
    const backend = world.backend({}, { clock });
    world.as.failure = { status: 429 };
    await expect(backend.token()).rejects.toThrow('429');
    await expect(backend.token()).rejects.toThrow('429');
    const error = expect.objectContaining({ code: 'ERR_OAUTH2_TOKEN_REQUEST', response: { status: 429 } });
    expect(heard.slice(1)).toEqual([
      ['error', expect.objectContaining({ status: 429, error })],
      ['asyncEnd', expect.anything()],
      ['renewal', { backend: 'api', forced: false, error }],
      ['pause', { backend: 'api', scope: 'identity', retryAt: expect.any(Number), error }],
    ]);
    const pauses = heard.flatMap(([name, message]) => (name === 'pause' ? [message as PauseMessage] : []));
    expect(pauses.every(({ retryAt }) => retryAt > clock.now())).toBe(true);
  });

  it('tell of refusals, forced renewals and the spent budget, and warn once of what it probably is', async () => {
    const clock = manualClock();
    const said: string[] = [];
    const say = (level: string) => (_: object, message: string) => void said.push(`${level} ${message}`);
    const logger = { debug: () => {}, info: say('info'), warn: say('warn'), error: say('error') };
    const backend = world.backend({}, { clock, logger });
    world.api.valid = () => false;
    for (let count = 0; count < 5; count++) {
      expect((await backend.fetch('/')).status).toBe(401);
      clock.pass(5_000);
    }
    const plain = heard.filter(([name]) => ['renewal', 'refusal', 'budget', 'warning'].includes(name));
    const warning = { backend: 'api', message: expect.stringMatching(/^backend "api": the API refuses .*audience/) };
    expect(plain).toEqual([
      ['renewal', expect.objectContaining({ forced: false })],
      ['refusal', { backend: 'api', age: 0 }],
      ['renewal', expect.objectContaining({ forced: true })],
      ['refusal', { backend: 'api', age: 0 }],
      ['budget', { backend: 'api' }],
      ['warning', warning],
      ['renewal', expect.objectContaining({ forced: true })],
      ['refusal', { backend: 'api', age: 0 }],
    ]);
    expect(said.filter((line) => line.startsWith('warn'))).toHaveLength(1);
    expect(said.filter((line) => line.startsWith('info'))).toHaveLength(3);
    expect(world.as.requests).toHaveLength(3);
  });

  it('warn of another process with the same client where accepted tokens are refused again and again', async () => {
    const clock = manualClock();
    const backend = await world.acceptedBackend({}, { clock });
    for (let count = 1; count <= 8; count++) {
      world.api.revoke(`token-${count}`);
      await backend.fetch('/');
    }
    expect(heard.filter(([name]) => name === 'warning')).toEqual([
      ['warning', { backend: 'api', message: expect.stringMatching(/another process .* "store".*replica/) }],
    ]);
  });

  it('do not take one refusal of each of three users for three in a row', async () => {
    const oauth2 = {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' as const,
      client_id: undefined,
      client_secret: undefined,
      assertion: (context: RequestContext | undefined) => `a.${context?.inbound.user}.c`,
    };
    const backends = world.backends({ oauth2 }, { clock: manualClock() });
    for (const user of ['amy', 'bob', 'carl']) {
      world.api.revoke(`token-${world.as.issued.length + 1}`);
      const backend = backends.for({ inbound: { user }, signal: new AbortController().signal } as RequestContext).api;
      expect(
        (await backend.fetch('/', { method: 'POST', body: new Blob(['x']).stream(), duplex: 'half' } as object)).status,
      ).toBe(401);
    }
    expect(heard.map(([name]) => name).filter((name) => ['refusal', 'warning'].includes(name))).toEqual([
      'refusal',
      'refusal',
      'refusal',
    ]);
  });

  it('carry the warnings of the configuration', async () => {
    const definitions = { api: { origin: 'https://api.example.com', disable_certificate_validation: true } };
    await complaintsOf(async () => void createBackends(definitions));
    expect(heard).toEqual([['warning', { message: expect.stringContaining('disable_certificate_validation') }]]);
  });

  it('carry no token and no credential', async () => {
    const backend = world.backend({}, { clock: manualClock() });
    await backend.fetch('/');
    world.api.revoke('token-1');
    await backend.fetch('/');
    world.as.failure = { status: 400, body: { error: 'invalid_grant', error_description: 'token-1 the-secret' } };
    world.api.revoke('token-2');
    await expect(backend.fetch('/')).rejects.toThrow('invalid_grant');
    expect(JSON.stringify(heard)).not.toMatch(/token-\d|the-secret/);
    expect(heard.length).toBeGreaterThan(10);
  });

  it('are silent when nobody listens', () => {
    for (const name of names) unsubscribe(name, hear);
    expect(names.map((name) => channel(name).hasSubscribers)).toEqual(names.map(() => false));
  });
});
