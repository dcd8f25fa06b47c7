/** Every row against every application, and what a bare proxy does with it. */
import { setTimeout as delay } from 'node:timers/promises';
import { applications } from './applications.js';
import { openCell } from './cell.js';
import { Mismatch, patience } from './mismatch.js';
import { watchProcess } from './watched-process.js';

const PROTOCOLS = ['HTTP/1.1', 'HTTP/2'];
/** Milliseconds that an answer may take, and a cell as a whole. */
const OURS = { answer: 5_000, cell: 20_000 };
/** What hangs there hangs often, and nobody judges it. */
const BARE = { answer: 1_000, cell: 5_000 };

/** Name and protocol of each column, in their order. */
export const columns = PROTOCOLS.flatMap((protocol) =>
  applications.map(({ name, make }) => ({ name, make, protocol })),
);
const bareColumns = PROTOCOLS.map((protocol) => ({ name: 'bare', make: undefined, protocol }));

/**
 * Runs one row: `{ cells, bare }`, by columns and by protocols; the latter only where `beside` says so. An outcome has `kept`: true, false, or undefined where the
 * cell cannot exist, with the reason in `why`; and where it is false `word` and `message`.
 */
export async function runRow(row, { beside }) {
  const cells = [];
  for (const column of columns) cells.push(await runCell(row, column));
  const bare = [];
  if (!beside || row.bare === false) return { cells, bare: bareColumns.map(() => ({})) };
  for (const column of bareColumns) bare.push(await runCell(row, column));
  return { cells, bare };
}

async function runCell({ run, not = {} }, { name, make, protocol }) {
  const why = not[protocol] ?? not[name];
  if (why !== undefined) return { why };
  const watched = watchProcess();
  const times = make ? OURS : BARE;
  patience.milliseconds = times.answer;
  let cell;
  try {
    cell = await openCell(name, protocol, make);
    await inTime(run({ ...cell, printed: watched.printed }), times.cell);
    // What is thrown after the answer is thrown.
    await delay(1);
    if (watched.uncaught.length > 0) throw new Mismatch('crashes', `uncaught: ${watched.uncaught[0]?.stack}`);
    return { kept: true };
  } catch (error) {
    const crash = watched.uncaught.length > 0 ? { word: 'crashes', message: watched.uncaught[0]?.stack } : undefined;
    return { kept: false, word: crash?.word ?? error.word ?? 'breaks off', message: crash?.message ?? reasonOf(error) };
  } finally {
    await inTime(cell?.close(), times.cell).catch(() => undefined);
    watched.stop();
  }
}

const reasonOf = (error) =>
  error instanceof Mismatch ? error.message : String(error.stack).split('\n').slice(0, 4).join('\n    ');

async function inTime(promise, milliseconds) {
  const controller = new AbortController();
  const late = delay(milliseconds, undefined, { signal: controller.signal }).then(() => {
    throw new Mismatch('hangs', `not over within ${milliseconds} ms`);
  });
  late.catch(() => undefined);
  try {
    await Promise.race([promise, late]);
  } finally {
    controller.abort();
  }
}
