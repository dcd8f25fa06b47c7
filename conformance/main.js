/** The entry of `npm run conformance`. */
import { parseArgs } from 'node:util';
import { columns, runRow } from './conformance.js';
import { themes } from './rows.js';
import { tableWriter } from './table.js';

const usage = `usage: npm run conformance [-- --only words] [--json]

  --only  the rows whose sentence, or theme, has these words
  --json  one line of JSON a row in place of the table, without the bare proxy
  --help  print this`;

const given = readArguments();

if (given === undefined || given.help) {
  (given ? console.log : console.error)(usage);
  process.exitCode = given ? 0 : 2;
} else {
  process.exitCode = await run(given);
  // A broken cell may have left a socket behind.
  process.exit();
}

/** Gives the exit code. */
async function run({ only = '', json }) {
  const words = only.toLowerCase();
  const wanted = themes
    .map(({ name, rows }) => ({
      name,
      rows: rows.filter(({ says }) => `${name} ${says}`.toLowerCase().includes(words)),
    }))
    .filter(({ rows }) => rows.length > 0);
  const rows = wanted.flatMap((theme) => theme.rows);
  if (rows.length === 0) {
    console.error(`no row has "${only}"`);
    return 2;
  }
  const { log } = console;
  const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
  const table = tableWriter({ columns, rows, colour, print: json ? () => undefined : log });
  const start = performance.now();
  table.head();
  for (const { name, rows: own } of wanted) {
    table.theme(name);
    for (const row of own) {
      const outcome = await runRow(row, { beside: !json });
      table.row(row, outcome);
      if (json) log(JSON.stringify({ theme: name, says: row.says, cells: outcome.cells }));
    }
  }
  return table.foot(Math.round((performance.now() - start) / 1000)) ? 0 : 1;
}

/** `undefined` when they make no sense. */
function readArguments() {
  const options = { only: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } };
  try {
    return parseArgs({ options }).values;
  } catch {
    return undefined;
  }
}
