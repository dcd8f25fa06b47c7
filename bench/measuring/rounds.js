/** Interleaved measurement: each round measures each contender once, in an order that turns. */

/** @returns for each contender, by title, its `measure(contender)` of each round; a first round that does not count warms up where there is more than one */
export async function interleave(contenders, rounds, measure) {
  const results = new Map(contenders.map(({ title }) => [title, []]));
  if (rounds > 1) for (const contender of contenders) await measure(contender);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < contenders.length; i++) {
      const contender = contenders[(i + round) % contenders.length];
      results.get(contender.title).push(await measure(contender));
    }
  }
  return results;
}

/** @throws Error when a request of a run, in which nothing was to fail, has failed */
export function assertAllAnswered({ title }, { requests, failures }) {
  if (failures > 0) throw new Error(`${failures} of ${requests} requests failed: ${title}`);
  if (requests === 0) throw new Error(`no request was made: ${title}`);
}
