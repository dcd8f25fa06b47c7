/** The entry of `npm run soak`. */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { soak } from './soak.js';

const usage = `usage: npm run soak [-- --seconds 180] [--seed 123]

  --seconds  how long, 5 to 3600; default 180. Memory is judged from 120 on
  --seed     what draws the faults and the load; default random, printed
  --help     print this`;

const given = readArguments();

if (given === undefined || given.help) {
  (given ? console.log : console.error)(usage);
  process.exitCode = given ? 0 : 2;
} else {
  void start(given);
}

async function start({ seconds, seed }) {
  try {
    process.exitCode = (await soak({ seconds, seed, print: console.log })) ? 0 : 1;
  } catch (error) {
    console.error(`seed ${seed}`, error);
    process.exitCode = 1;
  }
}

/** `undefined` when they make no sense. */
function readArguments() {
  try {
    const options = { seconds: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } };
    const { values } = parseArgs({ options });
    const seconds = Number(values.seconds ?? 180);
    const seed = Number(values.seed ?? randomInt(2 ** 31));
    const sensible = seconds >= 5 && seconds <= 3600 && Number.isInteger(seed) && seed >= 0;
    return sensible ? { seconds, seed, help: values.help === true } : undefined;
  } catch {
    return undefined;
  }
}
