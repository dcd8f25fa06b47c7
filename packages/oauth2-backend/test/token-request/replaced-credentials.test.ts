import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { OAuth2Definition } from 'oauth2-backend';
import type { Answer } from 'test-servers/recording-server';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { manualClock } from '../sources/manual-clock.js';
import { billing } from './billing.js';

let server: TokenServer;
let folder: string;
beforeEach(async () => {
  server = await tokenServer();
  folder = mkdtempSync(join(tmpdir(), 'credentials-'));
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const ignore = () => undefined;
const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const pem = () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' });

/** A credential that the test can replace, in each of its forms. */
const forms: Readonly<Record<string, () => [block: Partial<OAuth2Definition>, replace: () => void]>> = {
  'client_secret from a function': () => {
    let secret = 'one';
    return [{ client_secret: () => secret }, () => (secret = 'two')];
  },
  'client_secret_file by post': () => {
    const [file, replace] = fileWith('one', 'two');
    return [
      { client_secret: undefined, client_secret_file: file, token_endpoint_auth_method: 'client_secret_post' },
      replace,
    ];
  },
  'password from a function': () => {
    let password = 'one';
    return [{ grant_type: 'password', username: 'ann', password: () => password }, () => (password = 'two')];
  },
  key_file: () => {
    const [key_file, replace] = fileWith(pem(), pem());
    const jwt_signing_profile = { signature_algorithm: 'ES256' as const, key_file, ttl: '1m' };
    return [
      {
        client_secret: undefined,
        token_endpoint_auth_method: 'private_key_jwt',
        jwt_signing_profile,
        issuer: server.url,
      },
      replace,
    ];
  },
  assertion_file: () => {
    const [assertion_file, replace] = fileWith('a.a.a', 'b.b.b');
    return [{ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion_file }, replace];
  },
};

function fileWith(before: string | Buffer, after: string | Buffer): [path: string, replace: () => void] {
  const path = join(folder, 'credential');
  writeFileSync(path, before);
  return [path, () => writeFileSync(path, after)];
}

function world(form = 'client_secret from a function') {
  const made = forms[form]?.();
  if (!made) throw new Error(`there is no ${form}`);
  const [block, replace] = made;
  const clock = manualClock();
  return { clock, replace, ...billing(server.url, block, { clock, logger }) };
}

describe('a credential that was replaced while the answer was awaited', () => {
  it.each<[string, Answer]>([
    ['401 without a body', { status: 401 }],
    ['403 without a body', { status: 403 }],
    ['400 invalid_request', { status: 400, body: { error: 'invalid_request' } }],
    ['400 invalid_grant', { status: 400, body: { error: 'invalid_grant' } }],
    ['401 invalid_client', { status: 401, body: { error: 'invalid_client' } }],
  ])('is tried at once after %s', async (_, answer) => {
    const { backend, replace } = world();
    const release = server.hold();
    server.next(answer);
    const asked = backend.token();
    await server.arrived(1);
    replace();
    release();
    expect((await asked).value).toBe('token-1');
    const [first, second] = server.requests.map(({ headers }) => headers.authorization);
    expect(second).not.toBe(first);
    expect(server.requests).toHaveLength(2);
  });

  it.each(Object.keys(forms))('is tried at once: %s', async (form) => {
    const { backend, replace } = world(form);
    const release = server.hold();
    server.next({ status: 401 });
    const asked = backend.token();
    await server.arrived(1);
    replace();
    release();
    expect((await asked).value).toBe('token-1');
    expect(server.requests).toHaveLength(2);
  });

  it.each<[string, Answer]>([
    ['408', { status: 408 }],
    ['429', { status: 429 }],
    ['500', { status: 500 }],
    ['a 401 with Retry-After', { status: 401, headers: { 'retry-after': '5' } }],
  ])('is not tried at once after %s', async (_, answer) => {
    const { failure, replace } = world();
    const release = server.hold();
    server.next(answer);
    const failed = failure();
    await server.arrived(1);
    replace();
    release();
    await failed;
    expect(server.requests).toHaveLength(1);
  });
});

describe('a credential that is replaced during the pause', () => {
  it.each(Object.keys(forms))('is seen beside a caller, and the next one asks: %s', async (form) => {
    const { clock, backend, failure, replace } = world(form);
    server.next({ status: 401 });
    await failure();
    clock.pass(10);
    replace();
    expect(await failure()).toMatchObject({ response: { status: 401 } });
    expect(server.requests).toHaveLength(1);
    await seen();
    expect((await backend.token()).value).toBe('token-1');
    expect(server.requests).toHaveLength(2);
  });

  it('is tried once: when it is refused too the pause goes on', async () => {
    const { clock, failure, replace } = world();
    server.failure = { status: 401 };
    await failure();
    replace();
    await failure();
    await seen();
    await failure();
    expect(server.requests).toHaveLength(2);
    clock.pass(1_000);
    await failure();
    await seen();
    await failure();
    expect(server.requests).toHaveLength(2);
  });

  it('is looked at once a second at most, and by nobody when nobody calls', async () => {
    let reads = 0;
    const clock = manualClock();
    const client_secret = () => {
      reads += 1;
      return 'wrong';
    };
    const { failure } = billing(server.url, { client_secret }, { clock, logger });
    server.failure = { status: 401 };
    await failure();
    // Once to send it, and once to see whether it had been replaced meanwhile.
    expect(reads).toBe(2);
    for (let call = 0; call < 50; call++) await failure();
    expect(reads).toBe(3);
    clock.pass(999);
    await failure();
    expect(reads).toBe(3);
    clock.pass(1);
    for (let call = 0; call < 50; call++) await failure();
    expect(reads).toBe(4);
    expect(server.requests).toHaveLength(1);
  });

  it('is no replacement where a function gives a new one each time: the pauses are as long as without', async () => {
    let count = 0;
    const clock = manualClock();
    const { failure } = billing(server.url, { client_secret: () => `secret-${++count}` }, { clock, logger });
    server.failure = { status: 401 };
    await failure();
    expect(server.requests).toHaveLength(2);
    for (let second = 0; second < 4; second++) {
      clock.pass(1_000);
      await failure();
      await seen();
    }
    expect(server.requests).toHaveLength(2);
    clock.pass(2_000);
    await failure();
    expect(server.requests).toHaveLength(3);
  });

  it.each<[string, Answer]>([
    ['429', { status: 429, headers: { 'retry-after': '60' } }],
    ['a 401 with Retry-After', { status: 401, headers: { 'retry-after': '60' } }],
  ])('does not end the pause after %s', async (_, answer) => {
    const { failure, replace } = world();
    server.next(answer);
    await failure();
    replace();
    await failure();
    await seen();
    await failure();
    expect(server.requests).toHaveLength(1);
  });
});

/** A file has been read by then. */
async function seen(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 30));
}
