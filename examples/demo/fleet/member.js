/** One process of the fleet: calls the API twenty times a second until its parent is gone. */
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { createBackends } from 'oauth2-backend';
import { redisStore } from 'oauth2-backend-redis';

const { definitions, redis, storeSecret } = JSON.parse(process.env.FLEET_MEMBER);
const answers = { good: 0, bad: 0 };
const backends = createBackends(definitions, redis === undefined ? {} : { store: await sharedStore() });

process.on('disconnect', () => process.exit());
for (;;) {
  const good = await backends
    .get('billing')
    .fetch('invoices')
    .then(
      async (response) => (await response.text()) !== undefined && response.ok,
      () => false,
    );
  answers[good ? 'good' : 'bad'] += 1;
  process.send(answers);
  await pause(50);
}

async function sharedStore() {
  const client = createClient({ socket: { host: '127.0.0.1', port: redis, reconnectStrategy: 100 } });
  await client.on('error', () => {}).connect();
  return redisStore(client, { storeSecret });
}
