import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Ended, runModule } from '../../../packages/oauth2-backend/test/clients/run-module.js';
import { answers } from './broken-answers.js';
import { good, type TokenWire, tokenWire } from './token-wire.js';

const MIB = 1024 * 1024;

/** The answers that are large, and those that expand. */
const large = answers
  .map(([name, answer], index) => ({ name, answer, index }))
  .filter(({ name }) => /bomb|GiB|MiB|KiB|MB|endless|10\^|depth/.test(name));

/** Asks for a token at each path; prints what memory it took while it was asked for, and after, and what came. */
const asking = `
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createBackends } from 'oauth2-backend';
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');
const logger = { debug() {}, info() {}, warn() {}, error() {} };
const [url, ...paths] = process.argv.slice(1);
const live = () => {
  // The buffers that one finds dead are counted off by the next.
  gc();
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
const ask = async (path, watch) => {
  const oauth2 = { grant_type: 'client_credentials', token_endpoint: url + path, client_id: 'a', client_secret: 'b', backend: { timeout: '2s' } };
  const backends = createBackends({ api: { origin: 'http://127.0.0.1:9', oauth2 } }, { logger });
  const asked = backends.get('api').token().then(() => 'a token', (error) => error.message);
  const sample = watch && setInterval(watch, 10);
  const said = await asked;
  clearInterval(sample);
  await backends.close();
  return said;
};
for (let count = 0; count < 20; count++) await ask('/good');
const results = {};
for (const path of paths) {
  const before = live();
  let peak = before;
  const said = await ask(path, () => { peak = Math.max(peak, live()); });
  await new Promise((resolve) => setTimeout(resolve, 20));
  results[path] = { peak: peak - before, after: live() - before, said };
}
console.log(JSON.stringify(results));
`;

let wire: TokenWire;
let ended: Ended;
let results: Record<string, { peak: number; after: number; said: string }>;

beforeAll(async () => {
  wire = await tokenWire();
  const byPath = new Map(large.map(({ answer, index }) => [`/token/${index}`, answer]));
  wire.answer = (socket, path) => (byPath.get(path) ?? good)(socket, path);
  ended = await runModule(asking, wire.url, ...large.map(({ index }) => `/${index}`));
  results = ended.code === 0 ? JSON.parse(ended.stdout) : {};
}, 30_000);
afterAll(() => wire.close());

describe('memory taken by a token endpoint that answers', () => {
  it.each(large.map(({ name, index }) => [name, index]))('%s: less than 16 MiB, and nothing stays', (_, index) => {
    expect(ended.stderr).toBe('');
    const { peak = Number.NaN, after = Number.NaN } = results[`/${index}`] ?? {};
    expect(peak).toBeLessThan(16 * MIB);
    expect(after).toBeLessThan(MIB / 2);
  });

  it('is not taken at the other end of the connection either: it is closed before much is sent', async () => {
    expect(wire.open).toBe(0);
    expect(wire.written).toBeLessThan(large.length * 8 * MIB);
  });
});
