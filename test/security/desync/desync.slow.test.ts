/** Who asks gets the answer to what it asked, whatever clients and backends do; and a backend gets whole requests. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Listening } from 'test-servers/listen';
import { seededRandom } from '../../../soak/random.js';
import { forwardingApps } from '../forwarding-apps.js';
import { type Exchange, madeUpExchange } from './exchange.js';
import { type DesyncBackend, http1Backend } from './http1-backend.js';
import { type Piped, pipe } from './pipelined-client.js';

// SEED=… repeats a run, as far as the clock allows.
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const apps = forwardingApps.filter(([name]) => name === 'express 5' || name === 'koa 3');

/** Of each application; 10,000 in all. */
const REQUESTS = 5_000;
const CONNECTIONS_AT_ONCE = 12;

describe.each(apps)('%s: forward()', (_, open) => {
  let backend: DesyncBackend;
  let app: Listening;
  beforeAll(async () => {
    backend = await http1Backend();
    app = await open({ origin: backend.origin });
  });
  afterAll(async () => {
    await app.close();
    await backend.close();
  });

  it(`keeps ${REQUESTS} pipelined requests apart, aborts and lies among them (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const connections: Exchange[][] = [];
    for (let left = REQUESTS; left > 0; left -= connections.at(-1)?.length ?? 1) {
      connections.push(Array.from({ length: Math.ceil(random.between(0, 8)) }, () => madeUpExchange(random)));
    }
    const results: Piped[] = [];
    const work = async () => {
      for (let next = connections.pop(); next; next = connections.pop()) {
        results.push(await pipe(app.port, next, random.fork()));
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS_AT_ONCE }, work));
    const wrong = [...backend.wrong, ...results.flatMap((result) => result.wrong)];
    expect({ seed, wrong }).toEqual({ seed, wrong: [] });
    // It has seen something: most that were written arrived, and connections to the backend were used again.
    const answered = results.reduce((sum, result) => sum + result.answered, 0);
    expect(answered).toBeGreaterThan(REQUESTS / 4);
    expect(backend.arrived()).toBeGreaterThan(REQUESTS / 2);
    expect(backend.connections()).toBeLessThan(backend.arrived());
  }, 120_000);
});
