/** A fleet that starts all at once. */
import { closeAll } from '../world.js';

const DELAY = 200;
const CONNECTIONS = 8;

/**
 * So many processes with so many callers each, none with a token.
 *
 * @returns how many token requests they made `{ with, without }` the store
 * @throws Error when a request has failed
 */
export async function fleetHerd(world, { redis, processes, callers }) {
  const { authorization, origins, tokenEndpoint } = world;
  const shared = { client: 'store-herd', origin: origins.careful, connections: CONNECTIONS, redis };
  const fleet = await Promise.all(
    Array.from({ length: processes }, () => world.contender('ours-request', { settings: { delay: DELAY }, ...shared })),
  );
  const withStore = await herd(shared.client);

  // The same processes once more: backends that are new, and share nothing.
  const apart = { ...shared, client: 'store-herd-without', redis: undefined, tokenEndpoint };
  await authorization.ask('configure', { client: apart.client, delay: DELAY });
  await Promise.all(fleet.map((contender) => contender.ask('open', apart)));
  const without = await herd(apart.client);
  await closeAll(fleet);
  return { with: withStore, without };

  async function herd(client) {
    const results = await Promise.all(fleet.map((contender) => contender.ask('burst', { requests: callers })));
    const reasons = new Set(results.flatMap((result) => result.reasons));
    if (reasons.size > 0) throw new Error(`requests of ${client} failed: ${[...reasons].join(', ')}`);
    const { requests } = await authorization.ask('counts', { client });
    return requests;
  }
}
