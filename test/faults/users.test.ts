import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OAuth2BackendError, TokenRequestError, TokenTimeoutError } from 'oauth2-backend';
import { type ApiServer, apiServer } from 'test-servers/api-server';
import { type Answer, type RecordingServer, recordingServer } from 'test-servers/recording-server';
import { formOf } from 'test-servers/token-server';
import { clients } from '../../packages/oauth2-backend/test/clients/client-world.js';
import { type Outcomes, outcomesOf } from './outcomes.js';
import { isRejectedInThisTurn } from './same-turn.js';
import { type Users, users } from './users.js';

/** Of a renewal, milliseconds. */
const DEADLINE = 1_500;
const LONGEST_PAUSE = 6 * 60_000;

/** What `bad` is answered with, and the status that the error has; 0 for none. */
const ofOne: Readonly<Record<string, readonly [answer: Answer, status: number]>> = {
  400: [{ status: 400, body: { error: 'invalid_grant' } }, 400],
  401: [{ status: 401, body: { error: 'invalid_client' } }, 401],
  403: [{ status: 403 }, 403],
  404: [{ status: 404, body: '<html>' }, 404],
  408: [{ status: 408 }, 408],
  500: [{ status: 500 }, 500],
  '500 that asks for a minute': [{ status: 500, headers: { 'retry-after': '60' } }, 500],
  'a redirect': [{ status: 307, headers: { location: '/elsewhere' } }, 307],
  'something that is no token': [{ body: { fine: true } }, 200],
};
/** Of one as long as not three users in a row meet it. */
const perhapsOfAll: typeof ofOne = {
  429: [{ status: 429 }, 429],
  '429 that asks for a minute': [{ status: 429, headers: { 'retry-after': '60' } }, 429],
  502: [{ status: 502 }, 502],
  503: [{ status: 503 }, 503],
  '503 that asks for a minute': [{ status: 503, headers: { 'retry-after': '60' } }, 503],
  504: [{ status: 504 }, 504],
};
const ofAll: typeof ofOne = {
  'a connection that breaks': [{ reset: true }, 0],
};
const silence: readonly [Answer, number] = [{ delay: 3 * DEADLINE }, 0];

interface World extends Users {
  readonly tokens: RecordingServer;
  /** What `bad` is answered with from now on. */
  failure: Answer | undefined;
  /** The users who were asked for so far. */
  asked(): (string | undefined)[];
  status: number;
}

let api: ApiServer;
let outcomes: Outcomes;
const cases = new Map([
  ...Object.entries({ ...ofOne, ...perhapsOfAll }).map(
    ([name, failure]) => [`${name}: of one`, () => run(failure, delaysNobody)] as const,
  ),
  ...Object.entries({ ...ofAll, 'no answer in time': silence }).map(
    ([name, failure]) => [`${name}: of all`, () => run(failure, pausesAll(['bad']))] as const,
  ),
  ...Object.entries(perhapsOfAll).map(
    ([name, failure]) => [`${name}: of all`, () => run(failure, pausesAll(['bad', 'bad-2', 'bad-3']))] as const,
  ),
  ['no answer in time: of one', () => run(silence, delaysNobody)],
]);

beforeAll(async () => {
  api = await apiServer();
  outcomes = await outcomesOf(cases);
}, 60_000);
afterAll(() => api.close());

describe("a user's token request that fails with", () => {
  it.each(Object.keys({ ...ofOne, ...perhapsOfAll }))('%s delays no other user', (name) =>
    outcomes.of(`${name}: of one`),
  );
  it.each(Object.keys(ofAll))('%s pauses all users of the token backend', (name) => outcomes.of(`${name}: of all`));
  it.each(Object.keys(perhapsOfAll))('%s pauses all users once three in a row have met it', (name) =>
    outcomes.of(`${name}: of all`),
  );
  it('no answer in time delays no other user while others are answered', () =>
    outcomes.of('no answer in time: of one'));
  it('no answer in time pauses all users where nobody is answered', () => outcomes.of('no answer in time: of all'));

  it('something leaves no timer, no connection and no unhandled rejection', () => {
    expect(outcomes.left).toEqual([]);
    expect(outcomes.complaints).toEqual([]);
  });
});

async function run([failure, status]: readonly [Answer, number], scenario: (world: World) => Promise<void>) {
  const tokens = await recordingServer((request) => {
    const user = userOf(request);
    if (user?.startsWith('bad') && world.failure) return world.failure;
    return { body: { access_token: `token-of-${user}`, token_type: 'Bearer', expires_in: 3600 } };
  });
  const endpoint = { origin: api.origin, token_endpoint: `${tokens.origin}/token` };
  const world: World = {
    ...users({ ...endpoint, backend: { timeout: `${failure.delay ? DEADLINE : 15_000}ms` } }),
    tokens,
    failure,
    status,
    asked: () => tokens.requests.map(userOf),
  };
  try {
    await scenario(world);
  } finally {
    await world.backends.close();
    await tokens.close();
  }
}

/** Nobody else waits, during the failing request or after it. */
async function delaysNobody(world: World): Promise<void> {
  const { clock, tokens, asked, of } = world;
  const release = tokens.hold();
  const failing = sendAs(world, 'bad').map((call) => call.catch((error: unknown) => error as OAuth2BackendError));
  await tokens.arrived(1);
  // From here on nobody is held any more but him.
  tokens.hold()();
  let failed = false;
  void Promise.race(failing).then(() => {
    failed = true;
  });
  await Promise.all(sendAs(world, 'amy'));
  expect(failed).toBe(false);
  release();
  for (const error of await Promise.all(failing)) {
    if (world.status) expect(error).toMatchObject({ response: { status: world.status } });
    else expect(error).not.toHaveProperty('response');
  }
  const before = asked().filter(isBad).length;

  expect(await Promise.all(sendAs(world, 'bad').map(isRejectedInThisTurn))).toEqual(clients.map(() => true));
  await Promise.all([...sendAs(world, 'bob'), ...sendAs(world, 'amy')]);
  expect(asked().filter((user) => !isBad(user))).toEqual(['amy', 'bob']);
  expect(asked().filter(isBad)).toHaveLength(before);
  await expectTokens(world, 'amy', 'bob');

  clock.advance(LONGEST_PAUSE);
  world.failure = undefined;
  expect((await of('bad').token()).value).toBe('token-of-bad');
  expect(asked().filter(isBad)).toHaveLength(before + 1);
}

/** Who has a token goes on with it, the others fail at once: without a request, and without what `bad` was told. */
const pausesAll = (bad: readonly string[]) => async (world: World) => {
  const { clock, asked, of, status } = world;
  await of('amy').token();
  for (const user of bad) {
    const errors = await Promise.all(sendAs(world, user).map((call) => call.catch((error: unknown) => error)));
    for (const error of errors) {
      if (status) expect(error).toMatchObject({ response: { status } });
      else expect(error).not.toHaveProperty('response');
    }
  }
  const before = asked().length;

  await Promise.all(sendAs(world, 'amy'));
  const others = sendAs(world, 'bob');
  expect(await Promise.all(others.map(isRejectedInThisTurn))).toEqual(clients.map(() => true));
  for (const error of await Promise.all(others.map((call) => call.catch((reason: unknown) => reason)))) {
    expect(error).toBeInstanceOf(world.failure?.delay ? TokenTimeoutError : TokenRequestError);
    expect(error).toMatchObject({ statusCode: world.failure?.delay ? 504 : 502, expose: false });
    expect(error).not.toHaveProperty('response');
    expect(error).not.toHaveProperty('cause');
  }
  expect(asked()).toHaveLength(before);

  clock.advance(LONGEST_PAUSE);
  world.failure = undefined;
  await Promise.all([...sendAs(world, 'bad'), ...sendAs(world, 'bob')]);
  expect(asked()).toHaveLength(before + 2);
  expect(new Set(asked().slice(before))).toEqual(new Set(['bad', 'bob']));
};

/** One call through each client, each with a path of this world and user. */
function sendAs(world: World, user: string): Promise<{ status: number }>[] {
  return clients.map(({ send }) => send(world.of(user), pathOf(world, user)));
}

async function expectTokens(world: World, ...names: string[]): Promise<void> {
  for (const user of names) {
    const sent = api.requests.filter(({ url }) => url === pathOf(world, user));
    expect(new Set(sent.map(({ headers }) => headers.authorization))).toEqual(new Set([`Bearer token-of-${user}`]));
  }
}

function pathOf({ tokens }: World, user: string): string {
  return `/${new URL(tokens.origin).port}/${user}`;
}

function isBad(user: string | undefined): boolean {
  return user === 'bad';
}

function userOf(request: Parameters<typeof formOf>[0]): string | undefined {
  return formOf(request)['assertion']?.replace('assertion-of-', '');
}
