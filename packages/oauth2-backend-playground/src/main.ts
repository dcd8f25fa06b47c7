#!/usr/bin/env node
/** The command: starts the playground and prints what it is asked, until Ctrl-C. */
import { type Arguments, parseArguments, USAGE, UsageError } from './arguments.js';
import { playgroundDefinitions } from './definitions/playground-definitions.js';
import { playground } from './playground.js';
import { PortError } from './web/listen.js';
import { welcome } from './welcome.js';

void run(process.argv.slice(2));

async function run(args: readonly string[]): Promise<void> {
  try {
    const given = parseArguments(args);
    if (given.help) process.stdout.write(USAGE);
    else if (given.print !== undefined) process.stdout.write(printed(given.print, given));
    else await start(given);
  } catch (error) {
    if (error instanceof UsageError) end(2, `${error.message}\n\n${USAGE}`);
    else if (error instanceof PortError) end(1, `${error.message}\n`);
    else throw error;
  }
}

async function start(given: Arguments): Promise<void> {
  // At once, also while a request is made to wait.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0));
  process.stdout.once('error', () => process.exit(0));
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  print(welcome(await playground({ ...given, print })));
}

function printed(name: string, { authorizationServerPort, apiPort }: Arguments): string {
  if (authorizationServerPort === 0 || apiPort === 0) throw new UsageError('--print wants ports that are not 0');
  const definitions = playgroundDefinitions({
    issuer: `http://127.0.0.1:${authorizationServerPort}`,
    api: `http://127.0.0.1:${apiPort}`,
  });
  if (name === 'all')
    return Object.values(definitions)
      .map(({ code }) => code)
      .join('\n');
  const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
  if (definition) return definition.code;
  throw new UsageError(`--print: ${Object.keys(definitions).join(', ')} or all`);
}

function end(code: number, text: string): void {
  process.stderr.write(text);
  process.exitCode = code;
}
