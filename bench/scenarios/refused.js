/** The API refuses a token that has not expired. */
import { ours, peers } from '../contenders/index.js';
import { number } from '../report/figures.js';
import { closeAll } from '../world.js';

/** Many requests at once meet the 401, more follow. */
export async function refused(world, { pick, sample }) {
  const requests = pick(500, 100);
  const contenders = await Promise.all(
    [...ours, ...sample(peers)].map((name) =>
      world.contender(name, { origin: world.origins.careful, connections: 64 }),
    ),
  );
  const rows = [];
  // One after the other: so many new connections at once would wait for each other.
  for (const contender of contenders) rows.push(await revoke(contender));
  await closeAll(contenders);
  return {
    title: 'A 401, once',
    text: `The API takes the token back while it has an hour to live, then ${requests} requests come at once, and 50 one after the other. Lost is a request whose caller gets the 401 or an error.`,
    columns: ['contender', `lost of ${requests} at once`, 'lost of 50 afterwards', 'token requests'],
    rows,
    figures: [],
  };

  async function revoke(contender) {
    const { name, title, client } = contender;
    const first = await contender.ask('burst', { requests: 1 });
    if (first.failures > 0) throw new Error(`the first request failed: ${title}`);
    const before = await world.authorization.ask('counts', { client });
    await world.api.ask('refuse', { client, upTo: before.issued });
    const { failures, reasons } = await contender.ask('burst', { requests });
    let later = 0;
    for (let i = 0; i < 50; i++) later += (await contender.ask('burst', { requests: 1 })).failures;
    const after = await world.authorization.ask('counts', { client });
    if (ours.includes(name) && failures + later > 0)
      throw new Error(`${failures + later} requests lost: ${title}: ${reasons.join(', ')}`);
    return [title, number(failures), number(later), number(after.requests - before.requests)];
  }
}
