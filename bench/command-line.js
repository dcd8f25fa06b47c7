/** What the command line asks for. */
import { scenarios } from './scenarios/index.js';

/** Printed with `--help`, and when the arguments are wrong. */
export const usage = `usage: npm run bench [-- [--quick] [--only NAME,NAME]]

  --quick   under a minute: does everything work? Its figures mean nothing
  --only    some of: ${Object.keys(scenarios).join(', ')}

A run of everything writes bench/RESULTS.md and bench/latency-across-rotations.svg; the others only print.`;

/** `{ quick, names }`; `undefined` for arguments that cannot be. */
export function readCommandLine(args) {
  let quick = false;
  let names = Object.keys(scenarios);
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--quick') quick = true;
    else if (args[i] === '--only') {
      i += 1;
      names = (args[i] ?? '').split(',');
      if (!names.every((name) => Object.hasOwn(scenarios, name))) return undefined;
    } else return undefined;
  }
  return { quick, names };
}
