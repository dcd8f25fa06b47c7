/** What a user with a token costs a process. */
import { childProcess } from '../processes/child-process.js';

const BEFORE = 200;

/**
 * Enters so many users, after some that do not count.
 *
 * @param options `client`; `redis` of the fleet, if any; `settled(users)` waits for what happens behind the callers' backs
 * @returns `{ token, beyond }`, bytes a user: the characters of the token, and the heap beyond them
 */
export async function userMemory(world, { count, client, redis, settled = async () => {} }) {
  const process = childProcess('users-process.js');
  await process.ask('open', { origin: world.origins.fast, tokenEndpoint: world.tokenEndpoint, client, redis });
  await process.ask('enter', { first: 0, count: BEFORE });
  await settled(BEFORE);
  const before = await process.ask('memory');
  const { characters, identities } = await process.ask('enter', { first: BEFORE, count });
  await settled(BEFORE + count);
  const after = await process.ask('memory');
  await process.close();
  if (identities !== BEFORE + count) throw new Error(`${identities} identities for ${BEFORE + count} users`);
  return { token: characters / count, beyond: (after.heap - before.heap - characters) / count };
}
