#!/usr/bin/env node
/** The program `oauth2-backend`. */

import { wantsColours } from './colours.js';
import { command } from './command.js';

const { stdout, stderr, env } = process;
// Who reads no further (`| head`) has seen enough.
stdout.on('error', () => process.exit());

const terminal = {
  stdout: (text: string) => void stdout.write(text),
  stderr: (text: string) => void stderr.write(text),
  colours: wantsColours(stdout.isTTY, env),
};

command(process.argv.slice(2), terminal).then(
  // What a module of definitions has opened must not keep the process.
  (code) => stdout.write('', () => process.exit(code)),
  (error: unknown) => {
    stderr.write(`oauth2-backend: the check itself has failed (${error instanceof Error ? error.name : 'unknown'})\n`);
    stdout.write('', () => process.exit(2));
  },
);
