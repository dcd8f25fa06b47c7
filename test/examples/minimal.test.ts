/** The minimal applications, run as processes against real servers; needs the packages built, as `npm test` does first. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiServer, apiServer } from 'test-servers/api-server';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { type RunningExample, runExample } from './run-example.js';

let tokens: TokenServer;
let api: ApiServer;
let running: RunningExample | undefined;

beforeEach(async () => {
  tokens = await tokenServer();
  api = await apiServer();
});

afterEach(async () => {
  running?.kill('SIGKILL');
  await running?.ended;
  await Promise.all([tokens.close(), api.close()]);
});

for (const name of ['express', 'koa']) {
  const file = new URL(`../../examples/${name}.js`, import.meta.url);

  describe(`examples/${name}.js`, () => {
    it('calls the API with one token for two requests and ends on SIGTERM', async () => {
      running = runExample(file, {
        env: {
          BILLING_ORIGIN: api.origin,
          TOKEN_ENDPOINT: `${tokens.origin}/token`,
          CLIENT_ID: 'shop',
          CLIENT_SECRET: 'secret of the shop',
          PORT: '0',
        },
      });
      const [url] = await running.printed(/http:\S+\/invoices/);
      for (const _ of [1, 2]) {
        const answer = await fetch(url, { headers: { connection: 'close' } });
        expect({ status: answer.status, body: await answer.json() }).toMatchObject({
          status: 200,
          body: { url: '/invoices' },
        });
      }
      expect(api.tokens()).toEqual(['token-1', 'token-1']);
      expect(tokens.requests).toHaveLength(1);

      running.kill('SIGTERM');
      expect(await running.ended).toBe(0);
    }, 30_000);

    it('says which environment variables are missing', async () => {
      running = runExample(file, { env: { PORT: '0' }, limit: 10_000 });
      expect(await running.ended).toBe(1);
      for (const problem of ['billing.origin', 'billing.oauth2.token_endpoint', 'billing.oauth2.client_secret']) {
        expect(running.output()).toContain(problem);
      }
    }, 30_000);
  });
}
