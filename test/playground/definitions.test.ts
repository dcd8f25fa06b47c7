/** Each definition that the playground prints, pasted into an Express application. */
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import { type BackendDefinitions, type BackendsOptions, backends } from 'express-oauth2-backend';
import { type Playground, playground } from 'oauth2-backend-playground';
import { listen } from 'test-servers/listen';

const ignore = () => undefined;
/** Does not print that the password grant is a deprecated one. */
const options: BackendsOptions = { logger: { debug: ignore, info: ignore, warn: ignore, error: ignore } };
const lines: string[] = [];
let servers: Playground;

beforeAll(async () => {
  servers = await playground({ authorizationServerPort: 0, apiPort: 0, print: (line) => lines.push(line) });
});

afterAll(() => servers.close());

/** What `AsyncFunction` makes of the text, as a module would: the definitions have functions and `await` in them. */
async function pasted(code: string): Promise<BackendDefinitions> {
  const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor;
  return new AsyncFunction(`return { ${code} };`)();
}

/** Asks the API through an application with this definition, as often as `rounds` says; `between` is done in between. */
async function askThrough(name: string, rounds = 1, between: () => Promise<unknown> = async () => undefined) {
  const clients = backends(await pasted(servers.definitions[name]?.code ?? 'missing'), options);
  const app = express();
  app.use(clients);
  app.get('/invoices', async (req, res) => {
    res.json(await req.backends['billing']?.got('invoices').json());
  });
  const { origin, close } = await listen(createServer(app));
  const user = await fetch(`${servers.issuer}/login?user=bob`, { method: 'POST' });
  const headers = { authorization: `Bearer ${await user.text()}` };
  const answers: { readonly status: number; readonly body: unknown }[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round > 0) await between();
    const answer = await fetch(`${origin}/invoices`, { headers });
    answers.push({ status: answer.status, body: await answer.json() });
  }
  await close();
  await clients.close();
  return answers;
}

describe('the definitions of the playground', () => {
  it.each([
    ['client-secret-basic', 'shop', 'shop'],
    ['client-secret-post', 'shop-post', 'shop-post'],
    ['client-secret-jwt', 'shop-secret-jwt', 'shop-secret-jwt'],
    ['private-key-jwt', 'shop-key-jwt', 'shop-key-jwt'],
    ['public-client', 'shop-public', 'amy'],
    ['password', 'shop', 'amy'],
    ['jwt-bearer', 'shop', 'robot'],
    ['jwt-bearer-on-behalf', 'shop', 'bob'],
    ['token-exchange', 'shop', 'bob'],
  ])('%s: the API sees a token of client %s for %s', async (name, client_id, sub) => {
    const token = { client_id, sub, scope: 'invoices:read', expires: expect.any(String) };
    expect(await askThrough(name)).toEqual([{ status: 200, body: { invoices: [{ id: 1, amount: 42 }], token } }]);
  });

  it('are all of them tried here', () => {
    expect(Object.keys(servers.definitions)).toHaveLength(9);
  });

  it('answer although the token is revoked, by the refresh token where there is one', async () => {
    lines.length = 0;
    const revoke = () => fetch(`${servers.issuer}/knobs/revoke`, { method: 'POST' });
    const answers = await askThrough('password', 2, revoke);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const seen = lines.slice(1).map((line) => line.split(/ {2,}/).slice(1).join(' '));
    expect(seen).toEqual([
      expect.stringMatching(/^token shop password 200/),
      expect.stringMatching(/^api shop GET \/invoices 200/),
      expect.stringMatching(/^knob - revoke \{"revoked":\d+\}$/),
      expect.stringMatching(/^api shop GET \/invoices 401 the token is revoked/),
      expect.stringMatching(/^token shop refresh_token 200/),
      expect.stringMatching(/^api shop GET \/invoices 200/),
    ]);
  });
});
