/** A process that has just begun, in a fleet that has the token. */
import { setTimeout as pause } from 'node:timers/promises';
import { redisStore } from 'oauth2-backend-redis';
import { ourBackend } from '../contenders/our-backend.js';
import { median } from '../report/statistics.js';
import { connectRedis } from '../servers/shared-store.js';
import { answerParent } from './answer-parent.js';

const PINGS = 50;
let client;

answerParent({
  async connect({ port }) {
    client = await connectRedis(port);
  },
  /** Asks `wait` milliseconds after `createBackends`, in the same turn for 0: `{ token, roundTrip }`, milliseconds each. */
  async first({ storeSecret, wait, ...options }) {
    const backend = ourBackend({ ...options, store: redisStore(client, { storeSecret }) });
    if (wait > 0) await pause(wait);
    const token = await timed(() => backend.token());
    const roundTrips = [];
    for (let i = 0; i < PINGS; i++) roundTrips.push(await timed(() => client.ping()));
    return { token, roundTrip: median(roundTrips) };
  },
});

async function timed(call) {
  const started = performance.now();
  await call();
  return performance.now() - started;
}
