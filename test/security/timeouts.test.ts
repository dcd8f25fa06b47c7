import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Ended, runModule } from '../../packages/oauth2-backend/test/clients/run-module.js';

/**
 * A process in which no look-up is ever answered, and in which every client meets every server that stalls.
 * It prints for each how long it took and what came.
 */
const stalling = `
import dns from 'node:dns';
import { TimeoutError } from 'got';
import { createBackends } from 'oauth2-backend';
const { lookup } = dns;
const quiet = () => {};
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
dns.lookup = (name, ...rest) => name.endsWith('.invalid') ? undefined : lookup(name, ...rest);
const [silent, drip] = process.argv.slice(1);
const token = { value: 'a', type: 'Bearer', issuedAt: 0, expiresAt: Number.MAX_SAFE_INTEGER };
const source = { token: async () => token, current: () => token };
const stages = {
  'look-up': { origin: 'http://nowhere.invalid', connect_timeout: '300ms' },
  'look-up for https': { origin: 'https://nowhere.invalid', connect_timeout: '300ms' },
  TLS: { origin: silent.replace('http', 'https'), connect_timeout: '300ms' },
  headers: { origin: silent, ttfb_timeout: '300ms' },
  body: { origin: drip, timeout: '300ms' },
};
const ways = {
  got: ({ got }) => got('x'),
  'got.stream': ({ got }) => new Promise((resolve, reject) => got.stream('x').resume().once('error', reject).once('end', resolve)),
  'got.paginate': ({ got }) => got.paginate.all('x'),
  fetch: async (backend) => (await backend.fetch('x')).text(),
};
const results = {};
// On a busy machine a timer may be late; one that is wrong is late each time.
const measure = async (name, run) => {
  for (let time = Infinity, attempt = 0; attempt < 3 && time > 400; attempt++) time = await measureOnce(name, run);
};
const measureOnce = async (name, run) => {
  const started = performance.now();
  const error = await run().then(() => undefined, (reason) => reason);
  const time = performance.now() - started;
  results[name] = {
    time,
    isOfItsClass: error instanceof TimeoutError || error instanceof DOMException,
    name: error?.name, code: error?.code, statusCode: error?.statusCode, expose: error?.expose, message: error?.message,
  };
  return time;
};
const hold = setInterval(() => {}, 1_000);
for (const [stage, { origin, ...limits }] of Object.entries(stages)) {
  const backends = createBackends({ api: { origin, ...limits, oauth2: source, allow_http: true } }, { logger });
  for (const [way, run] of Object.entries(ways)) await measure(way + ' ' + stage, () => run(backends.get('api')));
  const [[attribute, value]] = Object.entries(limits);
  const oauth2 = {
    grant_type: 'client_credentials', token_endpoint: origin + '/token', client_id: 'a', client_secret: 'b',
    backend: { timeout: '300ms', connect_timeout: '300ms', allow_http: true }, allow_http: true,
  };
  await measure('token ' + stage, async () => {
    const asking = createBackends({ api: { origin: 'http://127.0.0.1:9', oauth2 } }, { logger });
    await asking.get('api').token().finally(() => asking.close({ timeout: 0 }));
  });
  await backends.close({ timeout: 0 });
}
clearInterval(hold);
console.log('results ' + JSON.stringify(results));
`;

const stages = {
  'look-up': 'connect_timeout',
  'look-up for https': 'connect_timeout',
  TLS: 'connect_timeout',
  headers: 'ttfb_timeout',
  body: 'timeout',
};
const ways = ['got', 'got.stream', 'got.paginate', 'fetch'];
const TIME = 300;

const ends: (() => void)[] = [];
let ended: Ended;
let results: Record<string, Record<string, unknown>>;
beforeAll(async () => {
  const silent = await serve('');
  const drip = await serve('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n');
  ended = await runModule(stalling, silent, drip);
  results = JSON.parse(ended.stdout.split('results ')[1] ?? '{}');
}, 30_000);
afterAll(() => {
  for (const end of ends) end();
});

describe.each(Object.entries(stages))('a server that stalls at %s', (stage, attribute) => {
  it.each(ways)('%s ends within 100 ms of its time, as a TimeoutError with statusCode 504', (way) => {
    const { time, ...seen } = results[`${way} ${stage}`] ?? {};
    expect(time).toBeGreaterThan(TIME - 5);
    expect(time).toBeLessThan(TIME + 100);
    expect(seen).toMatchObject({ name: 'TimeoutError', statusCode: 504, expose: false, isOfItsClass: true });
    expect(seen['message']).toBe(`${attribute} of ${TIME} ms is over`);
  });

  it('while the token is asked for is a TokenTimeoutError', () => {
    const { time, ...seen } = results[`token ${stage}`] ?? {};
    expect(time).toBeGreaterThan(TIME - 5);
    expect(time).toBeLessThan(TIME + 100);
    expect(seen).toMatchObject({
      name: 'TokenTimeoutError',
      code: 'ERR_OAUTH2_TOKEN_TIMEOUT',
      statusCode: 504,
      expose: false,
    });
  });
});

describe('the process', () => {
  it('says nothing on stderr', () => {
    expect(ended.stderr).toBe('');
  });

  it('ends by itself: nothing of a call that timed out keeps it alive', () => {
    expect(ended.code).toBe(0);
    expect(ended.time).toBeLessThan(25 * (TIME + 100) + 10_000);
  });
});

/** Answers with this text, and nothing more. */
async function serve(text: string): Promise<string> {
  const server = createServer((socket) => {
    ends.push(() => socket.destroy());
    socket.on('error', () => undefined);
    socket.once('data', () => void socket.write(text));
  }).listen(0, '127.0.0.1');
  ends.push(() => server.close());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
