import { getEventListeners } from 'node:events';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TimeoutError } from 'got';
import { createBackends } from 'oauth2-backend';
import { formOf, type TokenServer, tokenServer } from 'test-servers/token-server';
import { type Client, clients } from '../../packages/oauth2-backend/test/clients/client-world.js';
import type { Fault } from './catalogue/fault.js';
import { type FaultCertificates, type FaultServer, faultCertificates, faultServer } from './catalogue/fault-server.js';
import { faults } from './catalogue/faults.js';
import { under } from './deviations.js';
import { type Outcomes, outcomesOf } from './outcomes.js';
import { until } from './until.js';

/** Milliseconds. A good handshake must fit in, too. */
const limitOf = ({ tls }: Fault) => (tls ? 1_000 : 500);
/** Which limit it is that ends a silence. */
const LIMITS: Readonly<Record<Fault['reaches'], string>> = {
  nothing: 'connect_timeout',
  request: 'ttfb_timeout',
  head: 'timeout',
  all: 'none',
};
/** Milliseconds that a busy machine may take on top; the next longer limit is 10 s. */
const SLACK = 2_500;

let certificates: FaultCertificates;
let tokens: TokenServer;
beforeAll(async () => {
  certificates = faultCertificates();
  tokens = await tokenServer();
  // What is loaded at the first use takes longer than a limit.
  for (const client of clients) await runCase({ name: 'none', reaches: 'all', outcome: 200, tls: true }, client);
}, 30_000);
afterAll(() => tokens.close());

describe('an API with', () => {
  const cases = new Map(
    clients.flatMap((client) =>
      Object.values(faults)
        .flat()
        .map((fault) => [`${fault.name}, ${client.name}`, () => runCase(fault, client)]),
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

async function runCase(given: Fault, { name, send }: Client): Promise<void> {
  const fault = under(name === 'got' ? 'node' : 'undici', given);
  const server = await faultServer({
    certificates: fault.tls ? certificates : undefined,
    answer: ({ headers }) => JSON.stringify({ token: headers['authorization'] }),
  });
  // A client of its own: all cases share the token server.
  const client_id = `${fault.name}, ${name}`;
  const backends = createBackends({ api: definitionFor(server, fault, client_id) });
  const backend = backends.get('api');
  const { signal } = new AbortController();
  const call = () => send(backend, 'x', { signal }).catch((error: unknown) => error);
  try {
    // The token comes before, so that the figures below are the API's alone.
    const { value } = await backend.token();
    await server.show(fault);
    const start = performance.now();
    const outcome = await call();
    const time = performance.now() - start;

    if (typeof fault.outcome === 'number') expect(outcome).toMatchObject({ status: fault.outcome });
    else expectFailure(fault, name, outcome);
    if (fault.outcome === 'silence') expect(time).toBeGreaterThan(limitOf(fault) - 5);
    // A 401 to a new token is given a second.
    const wait = fault.outcome === 'silence' ? limitOf(fault) : fault.outcome === 401 ? 1_000 : 0;
    expect(time).toBeLessThan(wait + SLACK);
    if (!fault.closed) expect(seen(server, fault)).toBe(fault.outcome === 401 ? 2 : 1);
    expect(await until(() => server.stuck, isNone)).toBe(0);
    // The end of a connection takes its time to arrive, and its turn to be read.
    await delay(20);
    await turn();

    await server.show(undefined);
    const current = fault.outcome === 401 ? (await backend.token()).value : value;
    expect(await call()).toMatchObject({ status: 200, body: JSON.stringify({ token: `Bearer ${current}` }) });
    // A new token is given a second, and is not replaced before it is 5 s old.
    const asked = tokens.requests.filter((request) => formOf(request)['client_id'] === client_id);
    expect(asked).toHaveLength(1);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  } finally {
    await backends.close();
    const open = await until(() => server.open, isNone);
    await server.close();
    expect(open).toBe(0);
  }
}

function definitionFor(server: FaultServer, fault: Fault, client_id: string) {
  return {
    origin: server.origin,
    ...(fault.outcome === 'silence' && { [LIMITS[fault.reaches]]: `${limitOf(fault)}ms` }),
    ...(fault.tls && { tls: { server_ca_certificate: certificates.authority } }),
    oauth2: {
      grant_type: 'client_credentials',
      token_endpoint: tokens.url,
      token_endpoint_auth_method: 'client_secret_post',
      client_id,
      client_secret: 'the-secret',
    },
  } as const;
}

/** The names of each client's own errors. */
const own: Readonly<Record<string, { failure: RegExp; silence: RegExp }>> = {
  got: { failure: /^(?:Request|Read)Error$/, silence: /^TimeoutError$/ },
  fetch: { failure: /^TypeError$/, silence: /^TimeoutError$/ },
  request: { failure: /Error$/, silence: /^(?:Connect|Headers|Body)TimeoutError$/ },
};

/** The client's own error, marked with the status for an inbound client. */
function expectFailure(fault: Fault, client: string, error: unknown): void {
  const { failure, silence } = own[client] ?? {};
  if (fault.outcome === 'silence') {
    if (client === 'got') expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({
      name: expect.stringMatching(silence ?? ''),
      message: `${LIMITS[fault.reaches]} of ${limitOf(fault)} ms is over`,
      statusCode: 504,
      expose: false,
    });
    return;
  }
  expect(error).toMatchObject({ name: expect.stringMatching(failure ?? '') });
  // The body of a Response fails by itself, without us.
  if (client !== 'fetch' || fault.reaches !== 'head') expect(error).toMatchObject({ statusCode: 502, expose: false });
}

/** What the server saw of the call. */
function seen(server: FaultServer, fault: Fault): number {
  return fault.reaches === 'nothing' ? server.connections : server.requests.length;
}

const isNone = (count: number) => count === 0;
