/** Whatever happens, in whatever order: nobody gets the token of somebody else, nor one of a session that is over. */
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type AccessToken,
  createBackends,
  MissingSubjectError,
  OAuth2BackendError,
  type RequestContext,
  TokenRequestError,
} from 'oauth2-backend';
import { type ApiServer, apiServer, tokenOf } from 'test-servers/api-server';
import { type RecordingServer, recordingServer } from 'test-servers/recording-server';
import { accepted } from '../../packages/oauth2-backend/test/sources/accepted.js';
import { type ManualClock, manualClock } from '../../packages/oauth2-backend/test/sources/manual-clock.js';

const USERS = 6;
const LIFE = 600;

let tokens: RecordingServer;
let api: ApiServer;
/** The clock of the run under way, and the sessions that its server refuses. */
let clock: ManualClock;
let refused: Set<string>;
const revoked = new Set<string>();

beforeAll(async () => {
  let count = 0;
  api = await apiServer();
  api.valid = (token) => !revoked.has(token ?? '');
  tokens = await recordingServer(({ body }) => {
    const session = new URLSearchParams(body.toString()).get('subject_token') ?? '';
    const { sub, exp } = claimsOf(session);
    if (refused.has(session) || exp * 1000 <= clock.now()) return { status: 400, body: { error: 'invalid_grant' } };
    count += 1;
    return { body: { access_token: `${sub}!${exp}!${count}`, token_type: 'Bearer', expires_in: LIFE } };
  });
});
afterAll(() => Promise.all([tokens.close(), api.close()]));

const claimsOf = (session: string): { sub: string; exp: number } =>
  JSON.parse(Buffer.from(session.split('.')[1] ?? '', 'base64url').toString());
const sessionOf = (sub: string, exp: number, jti: number) =>
  ['{"alg":"none"}', JSON.stringify({ sub, exp, jti }), 'x'].map((part) => Buffer.from(part).toString('base64url'));

const user = fc.nat(USERS - 1);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('call' as const), users: fc.array(user, { maxLength: 8 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('login' as const), user, life: fc.integer({ min: 1, max: 2_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('logout' as const), user }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 900 }) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('refuse' as const), user }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('revoked' as const), user }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('abort' as const), user }) },
);

describe('tokens on behalf of users', () => {
  it("are never somebody else's, whatever logins, logouts, expiries, refusals, aborts and evictions there are", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), fc.integer({ min: 1, max: 4 }), run),
      { numRuns: 60 },
    );
  }, 60_000);
});

async function run(steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[], maxIdentities: number) {
  clock = manualClock();
  refused = new Set();
  const backends = createBackends(
    {
      api: {
        origin: api.origin,
        oauth2: {
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          token_endpoint: `${tokens.origin}/token`,
          client_id: 'shop',
          client_secret: 's',
        },
      },
    },
    { clock, maxIdentities, logger: { debug() {}, info() {}, warn() {}, error() {} } },
  );
  const sessions = new Map<number, string>();
  const login = (who: number, life: number) =>
    sessions.set(who, sessionOf(`user-${who}`, clock.now() / 1000 + life, sessions.size + Math.random()).join('.'));
  for (let who = 0; who < USERS; who++) login(who, LIFE);

  /** How many call at this time: so few identities leave room for one without a token. */
  let atOnce = 1;
  async function call(who: number, signal?: AbortSignal): Promise<AccessToken | undefined> {
    const session = sessions.get(who);
    const token = await backends
      .for(contextOf(session))
      .api.token({ signal })
      .catch((error: unknown) => error);
    if (signal?.aborted) return undefined;
    if (session === undefined) expect(token).toBeInstanceOf(MissingSubjectError);
    if (session === undefined) return undefined;
    const { sub, exp } = claimsOf(session);
    if (exp * 1000 <= clock.now()) expect(token).toBeInstanceOf(TokenRequestError);
    if (token instanceof TokenRequestError && atOnce > 1 && /too many identities without a token/.test(token.message)) {
      return undefined;
    }
    if (token instanceof TokenRequestError) {
      expect(refused.has(session) || exp * 1000 <= clock.now()).toBe(true);
      return undefined;
    }
    const { value, expiresAt } = token as AccessToken;
    expect(value.split('!').slice(0, 2)).toEqual([sub, String(exp)]);
    expect(expiresAt).toBeGreaterThan(clock.now());
    expect(expiresAt).toBeLessThanOrEqual(exp * 1000);
    return token as AccessToken;
  }

  for (const each of steps) {
    if (each.type === 'login') login(each.user, each.life);
    else if (each.type === 'logout') sessions.delete(each.user);
    else if (each.type === 'pass') clock.pass(each.seconds * 1000);
    else if (each.type === 'refuse') refused.add(sessions.get(each.user) ?? '');
    else if (each.type === 'call') {
      atOnce = each.users.length;
      await Promise.all(each.users.map((who) => call(who)));
      atOnce = 1;
    } else if (each.type === 'revoked') {
      // One that the API has accepted: it would be given time otherwise.
      revoked.add(await call(each.user).then(async (token) => (token ? (await accepted(token)).value : '')));
      const session = sessions.get(each.user);
      // The API answers 401, so that a newer token is asked for; what it saw is looked at below.
      await backends
        .for(contextOf(session))
        .api.fetch(`user-${each.user}`)
        .then((answer) => answer.body?.cancel())
        .catch((error: unknown) => expect(error).toBeInstanceOf(OAuth2BackendError));
    } else {
      const controller = new AbortController();
      const left = call(each.user, controller.signal);
      const stays = call(each.user);
      controller.abort();
      await Promise.all([left, stays]);
    }
  }
  for (const request of api.requests) expect(request.url).toBe(`/${tokenOf(request)?.split('!')[0]}`);
  api.reset();
  await backends.close({ timeout: 0 });
}

function contextOf(session: string | undefined): RequestContext {
  const authorization = `Bearer ${session}`;
  const request =
    session === undefined ? { headers: {}, rawHeaders: [] } : { headers: { authorization }, rawHeaders: [] };
  return { request: request as unknown as IncomingMessage, signal: new AbortController().signal } as RequestContext;
}
