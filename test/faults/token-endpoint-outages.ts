import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Backends, createBackends } from 'oauth2-backend';
import { type ApiServer, apiServer } from 'test-servers/api-server';
import { clients } from '../../packages/oauth2-backend/test/clients/client-world.js';
import { type FaultServer, faultServer } from './catalogue/fault-server.js';
import { faults } from './catalogue/faults.js';
import { type Outcomes, outcomesOf } from './outcomes.js';
import { isRejectedInThisTurn } from './same-turn.js';
import { type SteppedClock, steppedClock } from './stepped-clock.js';

const SECOND = 1_000;
const LIFE = 3_600 * SECOND;
const MOST_REQUESTS = 6;
/** Cases at one time: each opens up to three connections in a step, and a queue of connections that overflows looks like an outage. */
const AT_ONCE = 5;
/** Of a renewal at a server that is silent, milliseconds. */
const DEADLINE = 400;

/** A token endpoint that can go down, a resource server that is well, and a backend between them. */
interface World {
  readonly clock: SteppedClock;
  readonly backends: Backends;
  readonly server: FaultServer;
  goDown(): Promise<void>;
  /** One call through each client. */
  send(): Promise<{ status: number }>[];
  tokenRequests(): number;
}

let api: ApiServer;

const scenarios: Readonly<Record<string, (world: World) => Promise<void>>> = {
  'while the current token is in its soft phase: not one failed request': (world) => staysUp(world, LIFE * 0.8),
  'while the current token is in its hard phase: not one failed request': (world) => staysUp(world, LIFE - 20 * SECOND),
  'cold: all fail at once after the first, and succeed within 2.5 s': staysDown,
  'cold, for an hour: the first success comes within 2.5 s': staysDownForAnHour,
};

/** Describes what an outage that shows itself by these faults costs. */
export function outages(...names: string[]): void {
  const cases = new Map(
    names.flatMap((fault) =>
      Object.entries(scenarios).map(([name, scenario]) => [`${fault}, ${name}`, () => run(fault, scenario)]),
    ),
  );

  let outcomes: Outcomes;
  beforeAll(async () => {
    api = await apiServer();
    outcomes = await outcomesOf(cases, AT_ONCE);
  }, 120_000);
  afterAll(() => api.close());

  describe('a token endpoint that is down:', () => {
    it.each([...cases.keys()])('%s', (name) => outcomes.of(name));

    it('leaves no timer, no connection and no unhandled rejection', () => {
      expect(outcomes.left).toEqual([]);
      const isOutage = (complaint: string) => complaint.startsWith('OAuth2BackendWarning: token for "api" ');
      expect(outcomes.complaints.filter((complaint) => !isOutage(complaint))).toEqual([]);
      // Each case is one outage, which is over at its end, however many calls have met it.
      const told = outcomes.complaints.filter(isOutage);
      expect(told.filter((complaint) => complaint.includes('could not be renewed'))).toHaveLength(cases.size);
      expect(told.filter((complaint) => complaint.includes('is renewed again'))).toHaveLength(cases.size);
    });
  });
}

async function run(name: string, scenario: (world: World) => Promise<void>): Promise<void> {
  const fault = Object.values(faults)
    .flat()
    .find((each) => each.name === name);
  if (!fault) throw new Error(`there is no fault ${name}`);
  let issued = 0;
  const clock = steppedClock();
  const server = await faultServer({
    now: clock.now,
    answer: () => JSON.stringify({ access_token: `token-${++issued}`, expires_in: LIFE / SECOND }),
  });
  const oauth2 = {
    grant_type: 'client_credentials',
    token_endpoint: `${server.origin}/token`,
    client_id: 'shop',
    client_secret: 'the-secret',
    backend: fault.outcome === 'silence' ? { timeout: `${DEADLINE}ms` } : {},
  } as const;
  const backends = createBackends({ api: { origin: api.origin, oauth2 } }, { clock });
  const backend = backends.get('api');
  try {
    await scenario({
      clock,
      backends,
      server,
      goDown: () => server.show(fault),
      send: () => clients.map(({ send }) => send(backend, 'x')),
      tokenRequests: () => backends.status()[0]?.counts.tokenRequests ?? Number.NaN,
    });
  } finally {
    await backends.close();
    await server.close();
  }
}

async function staysUp({ clock, backends, server, goDown, send, tokenRequests }: World, age: number): Promise<void> {
  const { value } = await backends.get('api').token();
  clock.advance(age);
  await goDown();
  const calls: Promise<{ status: number }>[] = [];
  await clock.walk(3 * SECOND, () => void calls.push(...send()));
  for (const { status } of await Promise.all(calls)) expect(status).toBe(200);
  expect(tokenRequests()).toBeGreaterThan(1);
  expect(tokenRequests() - 1).toBeLessThanOrEqual(MOST_REQUESTS);
  expect(backends.status()[0]).toMatchObject({ state: 'failing', retryAt: expect.any(Number) });

  await server.show(undefined);
  await clock.walk(6 * SECOND, async () => (await backends.get('api').token()).value !== value);
  expect(backends.status()[0]).toMatchObject({ state: 'fresh' });
  expect(backends.status()[0]).not.toHaveProperty('lastError');
}

async function staysDown({ clock, backends, server, goDown, send, tokenRequests }: World): Promise<void> {
  await goDown();
  const calls: Promise<unknown>[] = [];
  let paused = 0;
  await clock.walk(3 * SECOND, async () => {
    const { state, retryAt = 0 } = backends.status()[0] ?? {};
    const pausing = state === 'failing' && clock.now() < retryAt;
    const sent = send();
    calls.push(...sent);
    for (const call of sent) {
      const rejected = await isRejectedInThisTurn(call);
      if (!pausing) continue;
      paused += 1;
      expect(rejected).toBe(true);
    }
    return undefined;
  });
  const ended = await Promise.allSettled(calls);
  expect(ended.map(({ status }) => status)).toEqual(calls.map(() => 'rejected'));
  const errors = ended.map((each) => (each as PromiseRejectedResult).reason);
  expect(new Set(errors).size).toBe(errors.length);
  expect(paused).toBeGreaterThan(calls.length / 2);
  expect(tokenRequests()).toBeLessThanOrEqual(MOST_REQUESTS);

  await server.show(undefined);
  const up = clock.now();
  await clock.walk(10 * SECOND, succeeds(send));
  expect(clock.now() - up).toBeLessThanOrEqual(2.5 * SECOND);
  expect(backends.status()[0]).toMatchObject({ state: 'fresh' });
}

async function staysDownForAnHour({ clock, backends, server, goDown, send, tokenRequests }: World): Promise<void> {
  await goDown();
  const attempts = 12;
  for (let attempt = 0; attempt < attempts; attempt++) {
    await Promise.allSettled(send());
    clock.advance((3_600 * SECOND) / attempts);
  }
  // The server comes back just after somebody has found it down.
  await Promise.allSettled(send());
  const before = tokenRequests();
  expect(await Promise.all(send().map(isRejectedInThisTurn))).toEqual(clients.map(() => true));
  await server.show(undefined);
  const up = clock.now();
  while (clock.now() - up < 10 * SECOND && !(await succeeds(send)())) clock.advance(50);
  expect(clock.now() - up).toBeGreaterThan(1.9 * SECOND);
  expect(clock.now() - up).toBeLessThanOrEqual(2.5 * SECOND);
  expect(tokenRequests()).toBe(before + 1);
  expect(backends.status()[0]).toMatchObject({ state: 'fresh' });
}

/** Whether calls get through by now. */
function succeeds(send: () => Promise<unknown>[]): () => Promise<boolean> {
  return async () => (await Promise.allSettled(send())).every(({ status }) => status === 'fulfilled');
}
