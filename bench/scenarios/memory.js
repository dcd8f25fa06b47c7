/** What a process holds while it works, and afterwards. */
import { bare, ours, peers } from '../contenders/index.js';
import { assertAllAnswered } from '../measuring/rounds.js';
import { mebibytes, number } from '../report/figures.js';
import { closeAll } from '../world.js';

/** Each contender in a new process. */
export async function memory(world, { pick, sample }) {
  const milliseconds = pick(2_000, 100);
  const load = { concurrency: 50, milliseconds };
  const contenders = await Promise.all([...ours, ...sample([...bare, ...peers])].map((name) => world.contender(name)));
  const rows = [];
  for (const contender of contenders) {
    await contender.ask('closedLoop', { ...load, milliseconds: milliseconds / 3 });
    const before = await contender.ask('memory');
    await contender.ask('watchMemory');
    const result = await contender.ask('closedLoop', load);
    const { peak } = await contender.ask('watchMemory');
    const after = await contender.ask('memory');
    assertAllAnswered(contender, result);
    rows.push([
      contender.title,
      number(result.requests),
      mebibytes(before.heap),
      mebibytes(after.heap - before.heap),
      mebibytes(peak),
    ]);
  }
  await closeAll(contenders);
  return {
    title: 'Memory under load',
    text: `${milliseconds / 1000} s at 50 concurrent, after a third of that to warm up. Heap after garbage collection; resident memory at its highest.`,
    columns: ['contender', 'requests', 'heap before', 'heap grown by', 'resident, peak'],
    rows,
    figures: [],
  };
}
