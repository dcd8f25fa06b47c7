import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createBackends, type OAuth2Definition, type RequestContext } from 'oauth2-backend';
import { formOf, type TokenServer, tokenServer } from 'test-servers/token-server';
import { manualClock } from '../sources/manual-clock.js';

let server: TokenServer;
beforeAll(async () => {
  server = await tokenServer();
});
beforeEach(() => server.reset());
afterAll(() => server.close());

let made = 0;
const jwt = (claims: object) =>
  [{ alg: 'none' }, { jti: `${++made}`, ...claims }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .concat('sig')
    .join('.');

/** Tokens for so many calls of each user; what was warned of. */
async function calls(oauth2: Partial<OAuth2Definition>, users: readonly string[], pause = 0) {
  const said: string[] = [];
  const quiet = () => {};
  const logger = { debug: quiet, info: quiet, error: quiet, warn: (_: object, text: string) => void said.push(text) };
  const clock = manualClock();
  const client = { token_endpoint: server.url, client_id: 'shop', client_secret: 's3cret-of-the-shop' };
  const api = { origin: 'http://127.0.0.1:9', oauth2: { ...client, ...oauth2 } as OAuth2Definition };
  const backends = createBackends({ api }, { logger, clock });
  for (const user of users) {
    const request = { headers: { authorization: `Bearer ${user}` } } as IncomingMessage;
    const context = { request, inbound: { user }, signal: new AbortController().signal };
    await backends.for(context as unknown as RequestContext).api.token();
    clock.pass(pause);
  }
  return { said: said.filter((text) => text.includes('anew')), asked: server.requests.map(formOf) };
}

const BEARER = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' } as const;
const EXCHANGE = { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange' } as const;
const ACTOR = 'urn:ietf:params:oauth:token-type:jwt';
const anew: OAuth2Definition['assertion'] = (context) => jwt({ iss: 'shop', sub: context?.inbound.user });

describe('an assertion that is made anew for each call', () => {
  it('is one warning that names subject', async () => {
    const { said } = await calls({ ...BEARER, assertion: anew }, ['ann', 'ann', 'ann']);
    expect(said).toEqual([
      'backend "api": assertion is made anew for each call, which costs a token request each time; name whose it is by "subject"',
    ]);
  });

  it('is one warning as actor_token, too', async () => {
    const actor = { actor_token: () => jwt({ iss: 'shop', sub: 'shop' }), actor_token_type: ACTOR };
    const { said } = await calls({ ...EXCHANGE, ...actor }, ['ann', 'ann', 'ann']);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('actor_token is made anew');
  });

  it('is none for different users, after the earlier one has ended, and for the same text', async () => {
    expect((await calls({ ...BEARER, assertion: anew }, ['ann', 'bob', 'eve'])).said).toEqual([]);
    const exp = manualClock().now() / 1_000 + 60;
    const ending = () => jwt({ iss: 'shop', sub: 'shop', exp });
    expect((await calls({ ...BEARER, assertion: ending }, ['ann', 'ann'], 60_000)).said).toEqual([]);
    expect((await calls({ ...BEARER, assertion: () => 'a.b.c' }, ['ann', 'ann'])).said).toEqual([]);
  });

  it('costs one token request for each subject with token exchange, too', async () => {
    const actor = { actor_token: () => jwt({ iss: 'shop', sub: 'shop' }), actor_token_type: ACTOR };
    const subject = (context: RequestContext | undefined) => context?.inbound.user as string;
    const { said, asked } = await calls({ ...EXCHANGE, ...actor, subject }, ['ann', 'ann', 'bob']);
    expect(said).toEqual([]);
    expect(asked.map((form) => form['subject_token'])).toEqual(['ann', 'bob']);
  });
});
