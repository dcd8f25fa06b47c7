/** The entry of `npm run bench`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCommandLine, usage } from './command-line.js';
import { effort } from './measuring/effort.js';
import { latencyPlot } from './report/latency-plot.js';
import { machine } from './report/machine.js';
import { document, section } from './report/results.js';
import { scenarios } from './scenarios/index.js';
import { startWorld } from './world.js';

const args = process.argv.slice(2);
const asked = readCommandLine(args);

if (asked !== undefined) void bench(asked);
else {
  console.log(usage);
  process.exitCode = args.includes('--help') ? 0 : 2;
}

async function bench({ quick, names }) {
  const started = performance.now();
  const versions = machine();
  const world = await startWorld();
  const results = [];
  for (const name of names) {
    const result = await run(name, world, quick);
    if (result !== undefined) results.push(result);
  }
  await world.close();

  const seconds = (performance.now() - started) / 1000;
  const complete = results.length === Object.keys(scenarios).length;
  if (complete && !quick) write({ machine: versions, results, seconds });
  const missed = results.flatMap(({ figures }) => figures).filter(({ met }) => !met);
  if (!quick) for (const { what, target, value } of missed) console.log(`missed: ${what}: ${value}, target ${target}`);
  console.log(`bench: ${results.length} of ${names.length} scenarios worked, ${Math.round(seconds)} s`);
  if (results.length < names.length) process.exitCode = 1;
}

/** The result, printed; `undefined` when the scenario does not work, and the run goes on. */
async function run(name, world, quick) {
  const started = performance.now();
  try {
    const result = await scenarios[name](world, effort(quick));
    if (result.leftOut) console.error(`\n!!! LEFT OUT: ${name}: ${result.leftOut}\n`);
    console.log(`${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
    if (!quick) console.log(`\n${section(result)}\n`);
    return result;
  } catch (error) {
    console.error(`${name}: FAILED`, error);
    return undefined;
  }
}

function write(run) {
  writeFileSync(join(import.meta.dirname, 'RESULTS.md'), `${document(run)}\n`);
  for (const { image } of run.results) {
    if (image) writeFileSync(join(import.meta.dirname, image.file), latencyPlot(image.series));
  }
}
