import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiServer, apiServer } from 'test-servers/api-server';
import { type ProxyServer, proxyServer } from 'test-servers/proxy-server';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { canaries, leaks } from '../../../../test/security/canaries.js';
import { expectNothingRepeated, methods, refused, secretDefinitions } from './repeated-secrets.js';
import { check, run } from './run-check.js';

let tokens: TokenServer;
let api: ApiServer;
let proxy: ProxyServer;
beforeAll(async () => {
  [tokens, api, proxy] = await Promise.all([tokenServer(), apiServer(), proxyServer()]);
});
beforeEach(() => {
  tokens.reset();
  tokens.extra = {};
  api.reset();
});
afterAll(() => Promise.all([tokens.close(), api.close(), proxy.close()]));

const definitions = (oauth2?: object) => secretDefinitions({ tokens, api }, oauth2);

describe('oauth2-backend check shows no secret', () => {
  it('whatever of it the server repeats', async () => {
    const [, post] = methods.find(([name]) => name === 'client_secret_post') ?? [];
    await expectNothingRepeated(tokens, definitions(post), [[]]);
  });

  it('that was issued, and none in the call that follows', async () => {
    const issued = { access_token: canaries.token, refresh_token: canaries.refresh_token, id_token: canaries.token };
    tokens.extra = { ...issued, note: canaries.token };
    api.valid = () => false;
    api.challenge = `Bearer error="invalid_token", error_description="${canaries.token} ${canaries.api_header}"`;
    for (const args of [[], ['--json']]) {
      const { code, stdout } = await check(definitions(), 'billing', '--call', '/x', ...args);
      expect(code).toBe(1);
      expect(api.requests.at(-1)?.headers).toMatchObject({
        authorization: `Bearer ${canaries.token}`,
        'x-api-key': canaries.api_header,
      });
      expect(stdout).toContain('error_description');
      expect(leaks(stdout)).toEqual([]);
    }
  });

  it.each([
    ['x-auth-token', 'opaque-canary-1'],
    ['x-id-token', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.canary'],
    ['set-cookie2', 'SID=canary'],
    ['api-key', 'canary'],
    ['x-issued', `canary${'0123456789abcdef'.repeat(2)}`],
    ['refresh', '0; url=https://x/?access_token=canary'],
    ['location', 'https://user:canary@as.example.com/'],
    ['location', '//canary@as.example.com/login#access_token=canary'],
  ])('of the header %s: %s', async (name, value) => {
    for (const args of [[], ['--json']]) {
      tokens.next({
        ...refused({ error: 'x' }),
        headers: { [name]: value, 'x-request-id': '0af7651916cd43dd8448eb211c80319c' },
      });
      const { stdout } = await check(definitions(), 'billing', ...args);
      expect(stdout).toContain(name);
      expect(stdout).toContain('0af7651916cd43dd8448eb211c80319c');
      expect(stdout).not.toContain('canary');
    }
  });

  it.each([
    ['a form', `access_token=${canaries.token}&token_type=bearer`],
    ['the bare token', canaries.token],
    ['JSON that is cut off', `{"access_token":"${canaries.token}","token_type"`],
    ['a nested object', { data: { access_token: canaries.token } }],
    ['XML', `<token><access_token>${canaries.token}</access_token></token>`],
  ])('of an answer that is %s', async (_, body) => {
    for (const status of [200, 400]) {
      tokens.next({ status, body });
      const { code, stdout } = await check(definitions());
      expect(code).toBe(1);
      expect(leaks(stdout)).toEqual([]);
    }
  });

  it('that a file or a proxy has', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'oauth2-backend-check-'));
    const file = join(folder, 'secret');
    await writeFile(file, `${canaries.client_secret}\n`);
    proxy.credentials = 'somebody else';
    const all = definitions({
      client_secret: undefined,
      client_secret_file: file,
      backend: { proxy: proxy.urlWith(canaries.proxy_credentials.split(':').map(encodeURIComponent).join(':')) },
    });
    const { code, stdout } = await check(all);
    await rm(folder, { recursive: true });
    expect(code).toBe(1);
    expect(proxy.requests).not.toEqual([]);
    expect(stdout).toContain('407');
    expect(leaks(stdout)).toEqual([]);
  });

  it('that a function gives', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'oauth2-backend-check-'));
    const file = join(folder, 'backends.mjs');
    const oauth2 = { grant_type: 'client_credentials', token_endpoint: tokens.url, client_id: 'shop' };
    const block = JSON.stringify({ origin: api.origin, oauth2 }).slice(0, -2);
    const give = `client_secret: async () => ${JSON.stringify(canaries.client_secret)}`;
    await writeFile(file, `export default { billing: ${block}, ${give} } } };`);
    tokens.next(refused({ error: 'invalid_client', error_description: `not ${canaries.client_secret}` }));
    const { code, stdout } = await run(['check', file]);
    await rm(folder, { recursive: true });
    expect(code).toBe(1);
    expect(stdout).toContain('error_description = not •••');
    expect(leaks(stdout)).toEqual([]);
  });

  it('that another backend has, in the definitions or in a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'oauth2-backend-check-'));
    const file = join(folder, 'password');
    await writeFile(file, `${canaries.password}\n`);
    const { billing } = definitions({ password: undefined, password_file: file }) as { billing: object };
    const own = { grant_type: 'client_credentials', token_endpoint: tokens.url, client_id: 'shop' };
    const asked = { origin: api.origin, oauth2: { ...own, client_secret: 'a secret of the shop' } };
    tokens.next(
      refused({
        error: 'x',
        error_description: `seen ${canaries.password}, ${canaries.client_secret}, ${canaries.header}`,
      }),
    );
    const { code, stdout } = await check({ asked, billing }, 'asked');
    await rm(folder, { recursive: true });
    expect(code).toBe(1);
    expect(stdout).toContain('error_description = seen •••, •••, •••');
    expect(leaks(stdout)).toEqual([]);
  });

  it('of a backend that is named like an attribute', async () => {
    const { billing } = definitions() as { billing: object };
    const own = { grant_type: 'client_credentials', token_endpoint: tokens.url, client_id: 'shop' };
    const asked = { origin: api.origin, oauth2: { ...own, client_secret: 'a secret of the shop' } };
    for (const name of ['proxy', 'key', 'params', 'password']) {
      tokens.next(refused({ error: 'x', error_description: `seen ${canaries.client_secret}` }));
      const { stdout } = await check({ asked, [name]: billing }, 'asked');
      expect(stdout).toContain('error_description = seen •••');
      expect(stdout).toContain(`POST ${tokens.url}`);
    }
  });

  it('that a refusal has issued all the same', async () => {
    const description = `unknown grant ${canaries.refresh_token}`;
    tokens.next(refused({ error: 'x', error_description: description, refresh_token: canaries.refresh_token }));
    const { stdout } = await check(definitions());
    expect(stdout).toContain('error_description = unknown grant •••');
    expect(leaks(stdout)).toEqual([]);
  });

  it('of definitions that are refused', async () => {
    const all = definitions({ [`odd ${canaries.client_secret}`]: canaries.password, retries: canaries.param });
    const { code, stdout } = await check(all);
    expect(code).toBe(1);
    expect(leaks(stdout)).toEqual([]);
  });

  it('in the user info of an address', async () => {
    const [user, password] = canaries.proxy_credentials.split(':');
    const address = `https://${user}:${password}@as.example.com/`;
    const all = {
      billing: { origin: address, proxy: `${address}x`, oauth2: { issuer: address, token_endpoint: address } },
    };
    const { code, stdout } = await check(all);
    expect(code).toBe(1);
    expect(leaks(stdout)).toEqual([]);
  });

  it('that is a common word, where it stands alone', async () => {
    tokens.next(refused({ error: 'invalid_client', error_description: 'hush is no secret, hushed is one' }));
    const { stdout } = await check(definitions({ client_secret: 'hush' }));
    expect(stdout).not.toMatch(/\bhush\b/);
  });
});

describe('oauth2-backend check of a server that sends', () => {
  it.each([
    ['escapes', 'red \u001b[31malert\u001b[0m \u001b]0;title\u0007 end'],
    ['control characters', 'a\u0000b\u0008c\rd\u009b31me\u007f'],
    ['line ends', 'first\nsecond\u2028third\u0085fourth'],
    ['what turns the line round', 'abc\u202edef\u2066ghi\u200bjkl'],
  ])('%s prints none of them', async (_, text) => {
    for (const answer of [
      refused({ error: text, error_description: text, [text]: text }),
      { status: 500, body: text },
      { body: { access_token: 'a', token_type: text, scope: text } },
    ]) {
      for (const args of [[], ['--json']]) {
        tokens.next(answer);
        const { stdout } = await check(definitions(), 'billing', ...args);
        expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(stdout).not.toMatch(/^\s*(?:second|third|fourth)/m);
      }
    }
  });
});
