/** The program `oauth2-backend`. */

import { wantsColours } from './colours.js';
import { command } from './command.js';

const { stdout, stderr, env } = process;
const print = stdout.write.bind(stdout);
// What a module of definitions prints is no part of the report: `--json` is read by programs.
stdout.write = stderr.write.bind(stderr);
// Who reads no further (`| head`) has seen enough.
stdout.on('error', () => process.exit());

const terminal = {
  stdout: (text: string) => void print(text),
  stderr: (text: string) => void stderr.write(text),
  colours: wantsColours(stdout.isTTY, env),
};

command(process.argv.slice(2), terminal).then(
  // What a module of definitions has opened must not keep the process.
  (code) => print('', () => process.exit(code)),
  (error: unknown) => {
    stderr.write(`oauth2-backend: the check itself has failed (${error instanceof Error ? error.name : 'unknown'})\n`);
    print('', () => process.exit(2));
  },
);
