/** 200 users at once, who log in anew, go away and outlive their tokens, at real authorization servers. */
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify, SignJWT } from 'jose';
import { ClientClosedError } from 'oauth2-backend';
import { Pool } from 'undici';
import { manualClock } from '../../packages/oauth2-backend/test/sources/manual-clock.js';
import { authorizationServer } from '../interop/authorization-server.js';
import { jmondiServer } from '../interop/jmondi-server.js';
import { applications, type Start } from './applications.js';
import { userApi } from './user-api.js';

const USERS = 200;
const CLIENT = { id: 'shop', secret: randomBytes(32).toString('hex') };
const loginKey = randomBytes(32);
const issuerKey = randomBytes(32).toString('hex');

/** What the servers have in common here. */
interface Server {
  readonly tokenEndpoint: string;
  issued(): number;
  /** Verifies one of its tokens. */
  subjectOf(token: string): Promise<string>;
  close(): Promise<void>;
}

const servers: Readonly<Record<string, () => Promise<Server>>> = {
  async 'oidc-provider'() {
    const clients = [{ client_id: CLIENT.id, client_secret: CLIENT.secret }];
    const server = await authorizationServer({ clients, subjectOf: loggedIn });
    const keys = createRemoteJWKSet(new URL(server.jwksUri));
    return {
      ...server,
      issued: () => server.grants.length,
      subjectOf: async (token) => String((await jwtVerify(token, keys, { issuer: server.issuer })).payload.sub),
    };
  },
  async '@jmondi/oauth2-server'() {
    const server = await jmondiServer({ client: CLIENT, key: issuerKey, subjectOf: loggedIn });
    return {
      ...server,
      subjectOf: async (token) => String((await jwtVerify(token, Buffer.from(issuerKey))).payload.sub),
    };
  },
};

const frameworks: Readonly<Record<string, Start>> = Object.fromEntries(applications);

/** Describes what so many requests of each user do, for each framework and server. */
export function manyUsers(rows: readonly (readonly [framework: string, server: string, requestsEach: number])[]): void {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  describe.each(rows)('200 users through %s and %s', (framework, name, requestsEach) => {
    it(`make ${requestsEach} requests each: each as himself, with one token request for each life`, async () => {
      const server = await (servers[name] as () => Promise<Server>)();
      const api = await userApi(server.subjectOf);
      const clock = manualClock();
      const application = await (frameworks[framework] as Start)(
        {
          origin: api.origin,
          oauth2: {
            grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
            token_endpoint: server.tokenEndpoint,
            client_id: CLIENT.id,
            client_secret: CLIENT.secret,
          },
        },
        { clock },
      );
      const pool = new Pool(`http://127.0.0.1:${application.port}`, { connections: 100 });
      closing.push(
        () => server.close(),
        () => api.close(),
        () => application.close(),
        () => pool.destroy(),
      );

      const began = performance.now();
      const sessions = await Promise.all(Array.from({ length: USERS }, (_, user) => login(`user-${user}`)));
      let lives = 0;
      let left = 0;
      for (let round = 0; round < requestsEach / 5; round++) {
        // Every second round the tokens are over; in each every third user logs in anew, in the middle of his requests.
        const anew = new Map<number, string>();
        for (let user = round % 3; user < USERS; user += 3) anew.set(user, await login(`user-${user}`));
        const expired = round % 2 === 0;
        if (expired) clock.pass(301_000);
        lives += (expired ? USERS : 0) + anew.size;
        const calls = sessions.flatMap((old, user) =>
          Array.from({ length: 5 }, (_, call) => {
            const session = (call >= 3 ? anew.get(user) : undefined) ?? old;
            // The last call of each session stays.
            const leaves = call !== 2 && call !== 4 && Math.random() < 0.3;
            return { user: `user-${user}`, session, leaves, at: Math.random() * 5 + (call >= 3 ? 5 : 0) };
          }),
        );
        calls.sort((a, b) => a.at - b.at);
        const answers = await Promise.all(calls.map((call) => ask(pool, call)));
        left += answers.filter((answer) => answer === 'left').length;
        const wrong = answers.filter((answer, index) => {
          return answer !== 'left' && JSON.stringify(answer) !== JSON.stringify({ user: calls[index]?.user });
        });
        const errors =
          wrong.length > 0
            ? application.errors.filter((error) => !(error instanceof ClientClosedError)).map(failureText)
            : [];
        expect({ wrong, errors }).toEqual({ wrong: [], errors: [] });
        for (const [user, session] of anew) sessions[user] = session;
      }

      expect(api.strangers).toEqual([]);
      const { tokenRequests = Number.NaN } = application.counts();
      // A request whose last caller left is given up after a second, and made anew for the next one: on a busy machine only.
      expect(tokenRequests).toBeGreaterThanOrEqual(lives);
      expect(tokenRequests).toBeLessThanOrEqual(lives + left / 20);
      expect(server.issued()).toBeGreaterThanOrEqual(lives);
      expect(server.issued()).toBeLessThanOrEqual(tokenRequests);
      expect(application.counts()).toMatchObject({ failures: 0, refusals: 0, evictions: 0 });
      expect(left).toBeGreaterThan(requestsEach);
      expect(api.requests()).toBeGreaterThanOrEqual(USERS * requestsEach - left);
      console.info(
        `${api.requests()} requests, ${left} left, ${lives} lives, ${Math.round(performance.now() - began)} ms`,
      );
    }, 240_000);
  });
}

/** Somebody's access token for the application. */
function login(user: string): Promise<string> {
  const jwt = new SignJWT({ jti: randomUUID() }).setProtectedHeader({ alg: 'HS256' });
  return jwt.setSubject(user).setExpirationTime('1h').sign(loginKey);
}

/** Who it is; rejects for a token that nobody got by a login. */
async function loggedIn(token: string): Promise<string> {
  return String((await jwtVerify(token, loginKey)).payload.sub);
}

/** The answer's body, or that its caller has left before. */
async function ask(pool: Pool, call: { user: string; session: string; leaves: boolean }): Promise<unknown> {
  const { user, session, leaves } = call;
  const controller = new AbortController();
  const way = Math.random() < 0.2 ? 'got' : 'fetch';
  if (leaves) void delay(Math.random() * 100).then(() => controller.abort());
  try {
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path: `/${way}/users/${user}/invoices`,
      headers: { authorization: `Bearer ${session}` },
      signal: controller.signal,
    });
    return statusCode === 200 ? await body.json() : `${statusCode}: ${await body.text()}`;
  } catch (error) {
    if (controller.signal.aborted) return 'left';
    throw error;
  }
}

/** Those who left are no failure. */
function failureText(error: unknown): string {
  return inspect(error, { depth: 3, compact: true, breakLength: Number.POSITIVE_INFINITY }).replaceAll(
    /\n +at .*/g,
    '',
  );
}
