/** New processes in a fleet that has the token. */
import { childProcess } from '../processes/child-process.js';
import { closeAll } from '../world.js';

const CLIENT = 'store-newcomers';
/** So many are made ready side by side; they ask one after the other. */
const TOGETHER = 10;

/**
 * The first tokens of processes that are connected to Redis, after another has put the token there.
 *
 * @param options.groups `{ count, wait }[]`: so many processes that ask `wait` milliseconds after `createBackends`
 * @returns by group `{ token, roundTrip }[]`, milliseconds: the token's, and the median of PINGs on the same connection
 * @throws Error when any of them has asked the authorization server
 */
export async function newcomers(world, { redis, groups }) {
  const options = { origin: world.origins.fast, tokenEndpoint: world.tokenEndpoint, client: CLIENT };
  const first = childProcess('token-process.js');
  await first.ask('open', { ...options, redis });
  const results = [];
  for (const group of groups) results.push(await firstTokens({ ...options, redis }, group));
  await closeAll([first]);
  const { requests } = await world.authorization.ask('counts', { client: CLIENT });
  if (requests !== 1) throw new Error(`${requests} token requests although the store had the token`);
  return results;
}

async function firstTokens({ redis, ...options }, { count, wait }) {
  const results = [];
  while (results.length < count) {
    const together = Math.min(TOGETHER, count - results.length);
    const processes = Array.from({ length: together }, () => childProcess('newcomer-process.js'));
    await Promise.all(processes.map((process) => process.ask('connect', redis)));
    for (const process of processes) {
      results.push(await process.ask('first', { ...options, storeSecret: redis.storeSecret, wait }));
    }
    await closeAll(processes);
  }
  return results;
}
