import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Backend, createBackends, type TokenStore } from 'oauth2-backend';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { memoryStore, type Shelf } from './memory-store.js';

const run = promisify(execFile);

let as: TokenServer;
beforeEach(async () => {
  as = await tokenServer();
});
afterEach(() => as.close());

/** A process whose store's operations do something first. */
function member(
  first: (operation: string) => unknown,
  { timeout = '10s', storeTimeout = 250, shelf = new Map() as Shelf } = {},
) {
  const said: string[] = [];
  const operations: string[] = [];
  const say = (_: object, message: string) => void said.push(message);
  const memory = memoryStore(shelf, { storePlaintext: true });
  const through =
    <A extends unknown[], T>(name: string, operation: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      operations.push(name);
      await first(name);
      return operation(...args);
    };
  const given: TokenStore = {
    ...memory,
    timeout: storeTimeout,
    get: through('get', memory.get),
    set: through('set', memory.set),
    lease: through('lease', memory.lease),
    release: through('release', memory.release),
  };
  const oauth2 = {
    grant_type: 'client_credentials',
    backend: 'as',
    token_endpoint: '/token',
    client_id: 'shop',
    client_secret: 'the-secret',
  } as const;
  const backends = createBackends(
    { as: { origin: as.origin, timeout }, api: { origin: as.origin, oauth2 } },
    { store: given, logger: { debug() {}, info: say, warn: say, error: say } },
  );
  return { backend: backends.get('api'), said, operations, shelf };
}

const timed = async (backend: Backend) => {
  const began = performance.now();
  const { value } = await backend.token();
  return { value, took: performance.now() - began };
};

describe('a store that answers slowly', () => {
  it('keeps nobody waiting for the write, which the fleet still gets', async () => {
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const { backend, shelf } = member((name) => (name === 'set' ? gate : undefined), { storeTimeout: 4_000 });
    expect((await timed(backend)).took).toBeLessThan(2_000);
    expect([...shelf.keys()].filter((key) => !key.endsWith(':lease'))).toEqual([]);
    // The lease is held until it is written: nobody else asks meanwhile.
    const other = member(() => {}, { shelf });
    const waiting = timed(other.backend);
    await delay(50);
    letGo();
    expect((await waiting).value).toBe('token-1');
    expect(as.requests).toHaveLength(1);
  });

  it('costs a renewal its deadline once for all operations, and counts as failed then', async () => {
    const first = (name: string) => (name === 'get' ? delay(600) : new Promise(() => {}));
    const slow = member(first, { storeTimeout: 1_000 });
    const { took } = await timed(slow.backend);
    expect(took).toBeGreaterThan(900);
    expect(took).toBeLessThan(1_550);
    expect(slow.said).toContain('the token store failed: no token or lease within 1000 ms; going on without it');
    const before = slow.operations.length;
    await slow.backend.token();
    expect(slow.operations.filter((name) => name === 'get')).toHaveLength(1);
    expect(slow.operations).toHaveLength(before);
  });

  it.each([
    ['answers late', () => delay(450)],
    ['hangs', () => new Promise(() => {})],
  ])(
    'costs less than half of a renewal that has little time, and that renewal has all of it for its request: it %s',
    async (_what, first) => {
      as.delay = 900;
      const slow = member(first, { timeout: '1500ms', storeTimeout: 5_000 });
      const { value, took } = await timed(slow.backend);
      expect(value).toBe('token-1');
      expect(took).toBeLessThan(900 + 675 + 600);
    },
  );

  it('gives back a lease that was granted too late to be of use', async () => {
    const slow = member((name) => (name === 'lease' ? delay(1_050) : undefined), {
      timeout: '1500ms',
      storeTimeout: 5_000,
    });
    await timed(slow.backend);
    await delay(900);
    expect([...slow.shelf.keys()]).toEqual([]);
  });

  it('is nothing that a process ends without: a script gets its token', async () => {
    const program = `
      import { createBackends, sealing } from 'oauth2-backend';
      const hang = () => new Promise(() => {});
      const store = { sealing: sealing({ storePlaintext: true }), get: hang, set: hang, lease: hang, release: hang };
      const oauth2 = { grant_type: 'client_credentials', token_endpoint: '${as.url}', client_id: 'a', client_secret: 'b' };
      const backends = createBackends({ api: { origin: '${as.origin}', oauth2 } }, { store, logger: { debug() {}, info() {}, warn() {}, error() {} } });
      console.log((await backends.get('api').token()).value);
      await backends.close();`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: import.meta.dirname,
    });
    expect(stdout.trim()).toBe('token-1');
  });
});

describe('what a store rejects with', () => {
  const throwing = Object.defineProperty(new Error('x'), 'code', {
    get() {
      throw new Error('no code');
    },
  });
  it.each<[string, unknown, string]>([
    ['an error without a message', Object.assign(new Error('x'), { message: undefined }), 'unknown reason'],
    ['an error whose code throws', throwing, 'unknown reason'],
    ['nothing', undefined, 'unknown reason'],
    [
      'a long code with commands for a terminal',
      Object.assign(new Error('x'), { code: `\u001b[2J${'c'.repeat(500)}\nb` }),
      `[2J${'c'.repeat(96)}`,
    ],
    ['lines', new Error('first\u0007 line\nsecond'), 'first  line'],
  ])('is one short line of the log: %s', async (_what, error, reason) => {
    const { backend, said } = member(() => Promise.reject(error));
    expect((await timed(backend)).value).toBe('token-1');
    expect(said).toContain(`the token store failed: ${reason}; going on without it`);
  });
});
