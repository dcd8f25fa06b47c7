/** The command as a function: from its arguments to what is printed, and the exit code. */

import { resolveDefinitions } from '../definitions/resolve/definitions.js';
import type { Resolved } from '../definitions/resolved.js';
import { didYouMean } from '../definitions/schema/nearest-name.js';
import { ConfigurationError, type Problem } from '../errors.js';
import { type CheckArguments, HELP, readArguments } from './arguments.js';
import { checkBackend } from './backend-check.js';
import { readDefinitions } from './definitions-file.js';
import { addKnownSecrets } from './known-secrets.js';
import { type Mask, mask, oneLine } from './mask.js';
import type { BackendReport, CheckReport } from './report.js';
import { backendText, endText, problemsText, warningText } from './text-report.js';
import { UsageError } from './usage-error.js';

/** Where a command prints to. */
export interface Terminal {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly colours: boolean;
}

/** Gives the exit code: 0, 1 or 2 as `HELP` says. */
export async function command(args: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  try {
    const given = readArguments(args);
    if (given === 'help') {
      terminal.stdout(HELP);
      return 0;
    }
    const report = await check(given, terminal);
    if (given.json) terminal.stdout(`${JSON.stringify(report, null, 2)}\n`);
    return report.ok ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.stderr(`oauth2-backend: ${oneLine(error.message)}\n"oauth2-backend --help" tells more\n`);
    return 2;
  }
}

async function check(given: CheckArguments, { stdout, colours }: Terminal): Promise<CheckReport> {
  const definitions = await readDefinitions(given.file);
  const { name, call } = given;
  const names = Object.keys(definitions).filter((each) => each !== '$schema');
  if (name !== undefined && !names.includes(name)) {
    throw new UsageError(`no backend has the name ${JSON.stringify(name)}${didYouMean(name, names)}`);
  }
  const print = given.json ? () => {} : stdout;
  const secrets = mask();
  addKnownSecrets(definitions, secrets);
  const { resolved, problems } = resolve(definitions, secrets);
  if (!resolved) {
    print(problemsText(oneLine(given.file), problems, colours));
    return { version: 1, file: given.file, ok: false, problems, warnings: [], backends: [] };
  }

  const wanted = resolved.backends.filter((backend) => name === undefined || backend.name === name);
  const withToken = wanted.filter(({ oauth2, source }) => oauth2 ?? source);
  if (call !== undefined && name === undefined) {
    if (withToken.length > 1) throw new UsageError('--call needs NAME: there is more than one backend');
    if (withToken.length === 0) throw new UsageError('--call needs a token, and no backend has "oauth2"');
  }
  const warnings = resolved.warnings.map((warning) => secrets.text(warning, 1000));
  for (const warning of warnings) print(warningText(warning, colours));
  const backends: BackendReport[] = [];
  for (const backend of wanted) {
    const named = name !== undefined || (call !== undefined && withToken.includes(backend));
    const report = await checkBackend(backend, { mask: secrets, named, call });
    print(backendText(report, colours));
    backends.push(report);
  }
  print(endText(backends, colours));
  const ok = backends.every(({ result }) => result !== 'failed');
  return { version: 1, file: given.file, ok, problems, warnings, backends };
}

function resolve(definitions: object, secrets: Mask): { resolved?: Resolved; problems: readonly Problem[] } {
  try {
    const resolved = resolveDefinitions(definitions, []);
    for (const { proxy } of resolved.backends) addCredentials(proxy?.credentials, secrets);
    for (const { oauth2 } of resolved.backends) addCredentials(oauth2?.tokenBackend.proxy?.credentials, secrets);
    return { resolved, problems: [] };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const shown = (text: string) => secrets.text(text, 1000);
    return { problems: error.problems.map(({ path, message }) => ({ path: shown(path), message: shown(message) })) };
  }
}

/** Those of a proxy that the environment names stand in no definition. */
function addCredentials(credentials: string | undefined, secrets: Mask): void {
  if (credentials === undefined) return;
  secrets.add(credentials);
  secrets.add(credentials.slice(credentials.indexOf(':') + 1));
}
