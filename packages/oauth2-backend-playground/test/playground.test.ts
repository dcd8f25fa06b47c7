/** Both servers as applications meet them; the clients here are plain `fetch`. */
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { type Playground, PortError, playground } from 'oauth2-backend-playground';

const lines: string[] = [];
let servers: Playground;

beforeAll(async () => {
  servers = await playground({ authorizationServerPort: 0, apiPort: 0, print: (line) => lines.push(line) });
});

afterEach(async () => {
  await turn('well');
  await turn('well', servers.api);
  await turn('life?seconds=300');
});

afterAll(() => servers.close());

async function turn(knob: string, origin = servers.issuer): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${origin}/knobs/${knob}`, { method: 'POST' });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

function post(form: Record<string, string>, client = 'shop:playground'): Promise<Response> {
  const authorization = `Basic ${Buffer.from(client).toString('base64')}`;
  const headers: Record<string, string> = form['client_id'] === undefined ? { authorization } : {};
  return fetch(servers.tokenEndpoint, { method: 'POST', headers, body: new URLSearchParams(form) });
}

async function granted(form: Record<string, string> = { grant_type: 'client_credentials' }, client?: string) {
  const answer = await post(form, client);
  expect(answer.status).toBe(200);
  return (await answer.json()) as { access_token: string; refresh_token?: string; scope: string; expires_in: number };
}

async function ask(token: string | undefined, init: RequestInit = {}, path = '/invoices') {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await fetch(servers.api + path, { ...init, headers });
  return { status: answer.status, challenge: answer.headers.get('www-authenticate'), body: await answer.json() };
}

const PASSWORD = { grant_type: 'password', username: 'amy', password: 'playground' };

describe('the token endpoint', () => {
  it('grants all scopes where none is asked for, and those that are', async () => {
    expect(await granted()).toMatchObject({ scope: 'invoices:read invoices:write', expires_in: 300 });
    expect((await granted({ grant_type: 'client_credentials', scope: 'invoices:read' })).scope).toBe('invoices:read');
  });

  const byClient = { grant_type: 'client_credentials' };
  const jwtBearer = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' };
  it.each([
    ['another scope', { ...byClient, scope: 'invoices:all' }, undefined, 'invalid_scope there are invoices:read'],
    ['another resource', { ...byClient, resource: 'https://other' }, undefined, 'invalid_target resource: there is'],
    ['another audience', { ...byClient, audience: 'https://other' }, undefined, 'invalid_target audience: there is'],
    ['a wrong secret', byClient, 'shop:wrong', 'invalid_client invalid secret provided'],
    ['a client that nobody knows', byClient, 'shoe:playground', 'invalid_client client not found'],
    ['a wrong password', { ...PASSWORD, password: 'wrong' }, undefined, 'invalid_grant wrong password'],
    [
      'a user that nobody knows',
      { grant_type: 'password', username: 'eve' },
      undefined,
      'invalid_grant wrong password',
    ],
    ['a token that is none', { ...jwtBearer, assertion: 'a.b.c' }, undefined, 'invalid_grant Failed to'],
    ['another grant', { grant_type: 'authorization_code', code: 'x' }, undefined, 'invalid_request requested grant'],
  ])('refuses %s, and says why on the console', async (_title, form, client = 'shop:playground', why) => {
    const [error = ''] = why.split(' ');
    const answer = await post(form, client);
    const status = error === 'invalid_client' ? 401 : 400;
    expect([answer.status, await answer.json()]).toEqual([status, expect.objectContaining({ error })]);
    expect(lines.at(-1)).toMatch(new RegExp(`  token  ${client.slice(0, 4)} +\\S+ +${status} ${why}`));
  });

  it('refuses a second use of a refresh token, and what it led to (RFC 9700 §4.14.2)', async () => {
    const { refresh_token: first = '' } = await granted(PASSWORD);
    const { refresh_token: second = '' } = await granted({ grant_type: 'refresh_token', refresh_token: first });
    expect(second).not.toBe(first);
    for (const refresh_token of [first, second]) {
      expect((await post({ grant_type: 'refresh_token', refresh_token })).status).toBe(400);
    }
  });

  it('gives tokens to users by their token, not to those who come with one for the API', async () => {
    const exchange = (subject_token: string) =>
      post({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      });
    const login = await fetch(`${servers.issuer}/login?user=bob`, { method: 'POST' });
    const subject = await login.text();
    expect((await ask(subject)).status).toBe(401);
    const { access_token } = (await (await exchange(subject)).json()) as { access_token: string };
    expect(await ask(access_token)).toMatchObject({ status: 200, body: { token: { client_id: 'shop', sub: 'bob' } } });
    expect((await exchange(access_token)).status).toBe(400);
    expect((await fetch(`${servers.issuer}/login?user=eve`, { method: 'POST' })).status).toBe(400);
    expect((await fetch(`${servers.issuer}/login?user=amy`)).status).toBe(405);
  });
});

describe('the API', () => {
  it('refuses requests without a token, with one that is none, and with one for less', async () => {
    expect(await ask(undefined)).toMatchObject({ status: 401, challenge: 'Bearer realm="playground"' });
    expect((await ask('a.b.c')).challenge).toContain('error="invalid_token"');
    const { access_token } = await granted({ grant_type: 'client_credentials', scope: 'invoices:read' });
    expect(await ask(access_token, { method: 'POST', body: '{}' })).toMatchObject({
      status: 403,
      challenge: expect.stringContaining('error="insufficient_scope", scope="invoices:write"'),
    });
    expect((await ask(access_token, {}, '/customers')).status).toBe(404);
  });
});

describe('the knobs', () => {
  it('revoke: the API refuses tokens issued so far, of one client where it is named', async () => {
    const byPost = { grant_type: 'client_credentials', client_id: 'shop-post', client_secret: 'playground' };
    const mine = (await granted()).access_token;
    const other = (await granted(byPost)).access_token;
    expect((await turn('revoke?client=shop-post')).body).toEqual({ revoked: 1 });
    expect([(await ask(mine)).status, (await ask(other)).status]).toEqual([200, 401]);
    expect((await turn('revoke')).body).toEqual({ revoked: expect.any(Number) });
    expect((await ask(mine)).challenge).toContain('the token is revoked');
    expect((await ask((await granted()).access_token)).status).toBe(200);
  });

  it('revoke?refresh=yes: refresh tokens are no good either', async () => {
    const { refresh_token = '' } = await granted(PASSWORD);
    expect((await turn('revoke?refresh=yes')).body).toMatchObject({ refresh_tokens: expect.any(Number) });
    expect((await post({ grant_type: 'refresh_token', refresh_token })).status).toBe(400);
  });

  it('fail: token requests are answered by the status, until it is well', async () => {
    expect((await turn('fail?status=429')).body).toEqual({ status: 429, seconds: 10 });
    expect((await post({ grant_type: 'client_credentials' })).status).toBe(429);
    expect(lines.at(-1)).toMatch(/ token {2}shop +client_credentials +429 by the knob fail$/);
    const { on } = (await (await fetch(`${servers.api}/knobs`)).json()) as { on: unknown };
    expect(on).toEqual({ authorization_server: { fail: { status: 429, seconds: expect.any(Number) } }, api: {} });
    await turn('well');
    expect((await post({ grant_type: 'client_credentials' })).status).toBe(200);
  });

  it('slow: answers take that long, and a client that goes away is told', async () => {
    await turn('slow?ms=30');
    const started = performance.now();
    await granted();
    expect(performance.now() - started).toBeGreaterThanOrEqual(29);
    await turn('slow?ms=600000', servers.api);
    // A request that is ended before it has arrived is no request: it is made again.
    for (let ms = 20; !lines.at(-1)?.includes('the client went away'); ms *= 2) {
      const asked = fetch(`${servers.api}/invoices`, { signal: AbortSignal.timeout(ms) });
      await expect(asked).rejects.toThrow();
      await pause(ms);
    }
  });

  it('rotate: tokens signed by the old key are refused, new ones are good', async () => {
    const { access_token, refresh_token = '' } = await granted(PASSWORD);
    const { kid } = (await turn('rotate')).body;
    expect((await ask(access_token)).status).toBe(401);
    const { keys } = (await (await fetch(`${servers.issuer}/jwks`)).json()) as { keys: { kid: string }[] };
    expect(keys.map((key) => key.kid)).toEqual([kid]);
    const next = await granted({ grant_type: 'refresh_token', refresh_token });
    expect((await ask(next.access_token)).status).toBe(200);
  });

  it('rotate?what=secret: the old secret is refused, the new one is in the answer', async () => {
    const { client_secret } = (await turn('rotate?what=secret&client=shop')).body;
    expect((await post({ grant_type: 'client_credentials' })).status).toBe(401);
    await granted({ grant_type: 'client_credentials' }, `shop:${String(client_secret)}`);
    expect((await turn('rotate?what=secret&client=shop-public')).status).toBe(400);
    const { client_secret: again } = (await turn('rotate?what=secret&client=shop')).body;
    expect(again).not.toBe(client_secret);
    await restartServers();
  });

  it('life: new tokens live that long', async () => {
    await turn('life?seconds=20');
    const { access_token, expires_in } = await granted();
    const { exp = 0, iat = 0 } = decodeJwt(access_token);
    expect([expires_in, exp - iat]).toEqual([20, 20]);
  });

  it('refuse: so many requests to the API are refused, with the challenge of the status', async () => {
    const { access_token } = await granted();
    await turn('refuse?count=2', servers.api);
    const statuses = [];
    for (let round = 0; round < 3; round++) statuses.push((await ask(access_token)).status);
    expect(statuses).toEqual([401, 401, 200]);
    await turn('refuse?status=403', servers.api);
    expect((await ask(access_token)).challenge).toContain('error="insufficient_scope", scope="invoices:read"');
  });

  it.each(['nothing', 'constructor', 'fail?status=200', 'fail?seconds=0', 'fail?sattus=503', 'revoke?client=shoe'])(
    'say what is wrong with %s',
    async (knob) => {
      const { status, body } = await turn(knob);
      expect([400, 404]).toContain(status);
      expect(body).toEqual({ error: expect.stringMatching(/^\w+: |^no such knob/) });
    },
  );

  it('are turned by POST only', async () => {
    const { access_token } = await granted();
    expect((await fetch(`${servers.issuer}/knobs/revoke`)).status).toBe(405);
    expect((await ask(access_token)).status).toBe(200);
  });
});

describe('pages of other sites', () => {
  it.each(['host', 'origin'])('get nothing of either server: %s', async (header) => {
    for (const origin of [servers.issuer, servers.api]) {
      for (const path of ['/', '/token', '/keys/robot.pem', '/knobs/revoke', '/invoices', '/jwks']) {
        const value = header === 'host' ? 'rebound.example:80' : 'https://rebound.example';
        expect(await statusOf(`${origin}${path}`, { [header]: value })).toBe(403);
      }
      expect(
        await statusOf(`${origin}/knobs`, { [header]: header === 'host' ? 'localhost' : 'http://localhost' }),
      ).toBe(200);
    }
    expect(await statusOf(`${servers.issuer}/`, { origin: 'null' })).toBe(403);
  });

  it('are told by no header that their scripts may read', async () => {
    for (const path of ['/', '/jwks', '/.well-known/openid-configuration', '/keys/robot.pem']) {
      const { status, headers } = await fetch(servers.issuer + path, { headers: { origin: 'http://localhost:3000' } });
      expect([status, headers.get('access-control-allow-origin')]).toEqual([200, null]);
    }
  });

  it.each(['*', 'http://127.0.0.1/knobs', '//[', '/%'])('and those who ask for %s get an answer too', async (path) => {
    for (const origin of [servers.issuer, servers.api]) expect(await statusOf(origin, {}, path)).toBeGreaterThan(400);
  });

  function statusOf(url: string, headers: Record<string, string>, path?: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const method = url.endsWith('revoke') ? 'POST' : 'GET';
      request(url, { headers, method, agent: false, ...(path && { path }) }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .once('error', reject)
        .end();
    });
  }
});

describe('the console', () => {
  it('has a line a request with the end of the token, never all of it', async () => {
    lines.length = 0;
    const { access_token } = await granted();
    await ask(access_token);
    const end = `…${access_token.slice(-6)}`;
    expect(lines).toEqual([
      expect.stringMatching(new RegExp(`^[\\d:]{8} {2}token {2}shop +client_credentials +200 for 300 s +${end}$`)),
      expect.stringMatching(new RegExp(`^[\\d:]{8} {2}api +shop +GET /invoices +200 +${end}$`)),
    ]);
    const answer = await (await fetch(`${servers.issuer}/requests`)).text();
    expect(answer).toContain('"client_id": "shop"');
    expect(lines.join() + answer).not.toContain(access_token.split('.')[2]);
  });

  it('shows the control characters of strangers as marks', async () => {
    await post({ grant_type: 'client_credentials\u001b[2J\n12:00:00  token' }, 'sh\u001bop:x');
    expect(lines.at(-1)).toMatch(/ token {2}sh\?op +client_credentials\?\[2J\?12:00:00/);
  });
});

describe('the root of the authorization server', () => {
  it('lists definitions and knobs, for programs and as a page', async () => {
    const { definitions, knobs } = (await (await fetch(servers.issuer)).json()) as Record<string, object>;
    expect(Object.keys(definitions ?? {})).toEqual(Object.keys(servers.definitions));
    expect(Object.keys(knobs ?? {}).join()).toContain(`${servers.api}/knobs/refuse?count=1&status=401`);
    const page = await fetch(servers.issuer, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await page.text();
    for (const name of Object.keys(servers.definitions)) {
      expect(html).toContain(`<h2>${name}</h2>`);
      const text = await (await fetch(`${servers.issuer}/definitions/${name}`)).text();
      expect(text).toBe(servers.definitions[name]?.code);
    }
  });
});

describe('playground({ authorizationServerPort, apiPort })', () => {
  it('rejects for a port that is taken, and leaves none open', async () => {
    const apiPort = Number(new URL(servers.api).port);
    const before = await playground({ authorizationServerPort: 0, apiPort: 0 });
    await before.close();
    const authorizationServerPort = Number(new URL(before.issuer).port);
    for (let round = 0; round < 2; round++) {
      const failing = playground({ authorizationServerPort, apiPort });
      await expect(failing).rejects.toThrow(PortError);
      await expect(failing).rejects.toThrow(`port ${apiPort} of 127.0.0.1 is taken`);
    }
  });
});

async function restartServers(): Promise<void> {
  await servers.close();
  servers = await playground({ authorizationServerPort: 0, apiPort: 0, print: (line) => lines.push(line) });
}
