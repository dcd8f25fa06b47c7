/** What the command line says. */

import { parseArgs } from 'node:util';
import { didYouMean } from '../definitions/schema/nearest-name.js';
import { oneLine } from './mask.js';
import { UsageError } from './usage-error.js';

/** A check as it was asked for. */
export interface CheckArguments {
  readonly file: string;
  /** The one backend to be checked; default: all. */
  readonly name: string | undefined;
  /** Path of the API to be called with the token. */
  readonly call: string | undefined;
  readonly json: boolean;
}

export const HELP = `Usage: oauth2-backend check FILE [NAME] [--call PATH] [--json]

Tells why a token comes, or why none does: reads the definitions in FILE, then for each backend, or for the one of that
NAME, looks its token endpoint up, connects, asks for a token, and prints what was sent and what came back.

FILE is JSON, or a module whose default export is the object that createBackends() takes: .js, .mjs, .cjs, and .ts where
Node loads it (22.18 or later, or by a loader in NODE_OPTIONS). A module reads the environment; to set it from a file:
node --env-file=.env node_modules/.bin/oauth2-backend check FILE

  --call PATH   then calls the API: GET PATH below the backend's origin and path_prefix, with the token
  --json        prints the report as JSON
  --help        prints this

Secrets, tokens and header values are masked, in what servers send back too. NO_COLOR turns colours off.

Exit code: 0, each backend that was asked got a token; 1, one did not, or the definitions are refused; 2, wrong usage, or
FILE or NAME is not there.
`;

const OPTIONS = {
  call: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** `'help'` where that is all that is wanted. @throws UsageError */
export function readArguments(args: readonly string[]): CheckArguments | 'help' {
  const { values, positionals } = parsed(args);
  if (values.help) return 'help';
  const [command, file, name, ...others] = positionals;
  if (command === undefined) throw new UsageError('a command is missing: check');
  if (command !== 'check') {
    throw new UsageError(`${JSON.stringify(oneLine(command))} is no command${didYouMean(command, ['check'])}`);
  }
  if (file === undefined) throw new UsageError('FILE is missing');
  if (others.length > 0) throw new UsageError('too many arguments: one FILE and at most one NAME');
  if (values.call === '') throw new UsageError('--call needs a path');
  return { file, name, call: values.call, json: values.json ?? false };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(oneLine((error as Error).message.split('. ', 1)[0] ?? ''));
  }
}
