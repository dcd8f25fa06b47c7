import { getEventListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type BackendDefinition,
  createBackends,
  type OAuth2Definition,
  TokenRequestError,
  TokenTimeoutError,
} from 'oauth2-backend';
import { type ApiServer, apiServer, tokenOf } from 'test-servers/api-server';
import { clients, manualClock } from '../../packages/oauth2-backend/test/clients/client-world.js';
import type { Fault } from './catalogue/fault.js';
import { type FaultCertificates, type FaultServer, faultCertificates, faultServer } from './catalogue/fault-server.js';
import { faults } from './catalogue/faults.js';
import { under } from './deviations.js';
import { type Outcomes, outcomesOf } from './outcomes.js';
import { until } from './until.js';

/** Milliseconds of a renewal at a server that says nothing more. A good handshake must fit in, too. */
const limitOf = ({ tls }: Fault) => (tls ? 1_000 : 500);
/** Milliseconds that a busy machine may take on top; the next longer limit is 10 s. */
const SLACK = 2_500;
/** Milliseconds for three attempts with their pauses. */
const THREE_ATTEMPTS = 50 * 2 + 200 * 2;
const LONGEST_PAUSE = 6 * 60_000;
/** Takes the warning that grant `password` comes with. */
const logger = { debug() {}, info() {}, warn() {}, error() {} };

const grants = {
  client_credentials: { grant_type: 'client_credentials' },
  password: { grant_type: 'password', username: 'ann', password: 'the-password' },
  'jwt-bearer': { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'aaaa.bbbb.cccc' },
} as const satisfies Readonly<Record<string, Partial<OAuth2Definition>>>;
type Grant = readonly [name: string, block: Partial<OAuth2Definition>];

let certificates: FaultCertificates;
let api: ApiServer;

/** Describes what comes of each fault of the catalogue when a token is asked for with these grants. */
export function faultyTokenEndpoint(...names: (keyof typeof grants)[]): void {
  beforeAll(async () => {
    certificates = faultCertificates();
    api = await apiServer();
    // What is loaded at the first use takes longer than a limit.
    await runCase({ name: 'none', reaches: 'all', outcome: 200, tls: true }, [
      'none',
      { grant_type: 'client_credentials' },
    ]);
  }, 30_000);
  afterAll(() => api.close());

  describe('a token endpoint with', () => {
    const all = Object.values(faults).flat();
    const cases = new Map(
      all.flatMap((fault) =>
        names.map((grant) => [`${fault.name}, ${grant}`, () => runCase(fault, [grant, grants[grant]])]),
      ),
    );
    let outcomes: Outcomes;
    beforeAll(async () => {
      outcomes = await outcomesOf(cases);
    }, 60_000);

    it.each([...cases.keys()])('%s', (name) => outcomes.of(name));

    it('leaves no timer, no connection and no unhandled rejection', () => {
      expect(outcomes.left).toEqual([]);
      expect(outcomes.complaints).toEqual([]);
    });
  });
}

/** All clients wait for one token: each gets what comes of it. */
async function runCase(given: Fault, grant: Grant): Promise<void> {
  const fault = under('undici', given);
  const clock = manualClock();
  let issued = 0;
  const server = await faultServer({
    now: clock.now,
    certificates: fault.tls ? certificates : undefined,
    answer: () => JSON.stringify({ access_token: `token-${++issued}`, token_type: 'Bearer', expires_in: 3600 }),
  });
  const backends = createBackends({ api: definitionFor(server, fault, grant) }, { clock, logger });
  const backend = backends.get('api');
  const { signal } = new AbortController();
  // A path of its own: all cases share the resource server.
  const path = `/${encodeURIComponent(fault.name)}/${grant[0]}`;
  const sendAll = () =>
    Promise.all(clients.map(({ send }) => send(backend, path, { signal }).catch((error: unknown) => error)));
  try {
    await server.show(fault);
    const start = performance.now();
    const outcomes = await sendAll();
    expectTime(fault, performance.now() - start);
    expect(new Set(outcomes).size).toBe(clients.length);
    for (const outcome of outcomes) expectOutcome(fault, outcome);
    const asked = askedFor(fault);
    expect(seen(server, fault)).toBe(fault.closed ? 0 : asked);
    expect(backends.status()[0]?.counts).toMatchObject({ tokenRequests: asked });
    expect(await until(() => server.stuck, isNone)).toBe(0);

    if (fault.outcome !== 200) {
      // Nothing is asked before the pause is over, not even at its very end where the answer has named it.
      clock.advance((fault.retryAfter ?? 500) - 1);
      for (const outcome of await sendAll()) expectOutcome(fault, outcome);
      expect(seen(server, fault)).toBe(fault.closed ? 0 : asked);
      clock.advance(fault.retryAfter === undefined ? LONGEST_PAUSE : 1);
    }
    await server.show(undefined);
    for (const outcome of await sendAll()) expect(outcome).toMatchObject({ status: 200 });
    expect(backends.status()[0]).toMatchObject({ state: 'fresh' });
    const sent = new Set(api.requests.filter(({ url }) => url === path).map(tokenOf));
    expect([...sent]).toEqual([`token-${issued}`]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  } finally {
    await backends.close();
    const open = await until(() => server.open, isNone);
    await server.close();
    expect(open).toBe(0);
  }
}

function definitionFor(server: FaultServer, fault: Fault, [, block]: Grant): BackendDefinition {
  const backend = {
    ...(fault.outcome === 'silence' && { timeout: `${limitOf(fault)}ms`, connect_timeout: `${limitOf(fault)}ms` }),
    ...(fault.tls && { tls: { server_ca_certificate: certificates.authority } }),
  };
  return {
    origin: api.origin,
    oauth2: {
      token_endpoint: `${server.origin}/token`,
      client_id: 'shop',
      client_secret: 'the-secret',
      backend,
      ...block,
    },
  } as BackendDefinition;
}

function expectOutcome(fault: Fault, error: unknown): void {
  if (fault.outcome === 200) {
    expect(error).toMatchObject({ status: 200 });
    return;
  }
  if (fault.outcome === 'silence') {
    expect(error).toBeInstanceOf(TokenTimeoutError);
    expect(error).toMatchObject({ code: 'ERR_OAUTH2_TOKEN_TIMEOUT', statusCode: 504, expose: false });
    return;
  }
  expect(error).toBeInstanceOf(TokenRequestError);
  expect(error).toMatchObject({ code: 'ERR_OAUTH2_TOKEN_REQUEST', statusCode: 502, expose: false });
  if (fault.outcome === 'failure') expect(error).not.toHaveProperty('response');
  else expect(error).toMatchObject({ response: { status: fault.outcome } });
}

function expectTime(fault: Fault, time: number): void {
  if (fault.outcome === 'silence') expect(time).toBeGreaterThan(limitOf(fault) - 5);
  expect(time).toBeLessThan((fault.outcome === 'silence' ? limitOf(fault) : THREE_ATTEMPTS) + SLACK);
}

/** Attempts inside the one renewal. */
function askedFor({ outcome, retryAfter }: Fault): number {
  const quick = outcome === 'failure' || (retryAfter === undefined && [502, 503, 504].includes(Number(outcome)));
  return quick ? 3 : 1;
}

/** What the server saw of the attempts. */
function seen(server: FaultServer, fault: Fault): number {
  return fault.reaches === 'nothing' ? server.connections : server.requests.length;
}

const isNone = (count: number) => count === 0;
