/** Runs `fixtures/polluted-wire.js`: what goes over the wire while `Object.prototype` has members of somebody's making. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { certificateAuthority } from 'test-servers/certificates';
import ts from 'typescript';

/** What the fixture is to set. */
interface Task {
  readonly together?: readonly string[];
  readonly alone?: readonly string[];
  readonly given?: readonly object[];
  /** Numbers of the fixture's values; default all. */
  readonly values?: readonly number[];
}

/** Gives what was different, which is to be nothing. */
export async function pollutedWire(task: Task): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'wire-'));
  try {
    const [known, unknown] = [certificateAuthority('known'), certificateAuthority('unknown')];
    const world = { ca: known.ca, trusted: known.server(), untrustedCa: unknown.ca, untrusted: unknown.server() };
    const file = join(folder, 'task.json');
    writeFileSync(file, JSON.stringify({ ...world, socket: join(folder, 'socket'), patience: 10_000, ...task }));
    const fixture = join(import.meta.dirname, 'fixtures/polluted-wire.js');
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', fixture, file]);
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Every name and every short text in the sources of core, less what the platform itself reads of any object. */
export function namesOfCore(): string[] {
  const folder = join(import.meta.dirname, '../../packages/oauth2-backend/src');
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isStringLiteral(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts')) continue;
    visit(ts.createSourceFile(path, readFileSync(join(folder, path), 'utf8'), ts.ScriptTarget.Latest, true));
  }
  return [...names].filter(
    (name) => /^[A-Za-z_][\w-]{0,39}$/.test(name) && !(name in Object.prototype) && !OTHERS.has(name),
  );
}

/** Names that JavaScript, Node, undici or got read themselves, of objects of their own: with one of them calls fail. */
export const OTHERS: ReadonlySet<string> = new Set([
  'aborted',
  'accept-encoding',
  'body',
  'bodyTimeout',
  'code',
  'configurable',
  'connect',
  'content-encoding',
  'content-length',
  'content-type',
  'cookie',
  'duplex',
  'encoding',
  'enumerable',
  'error',
  'get',
  'headersTimeout',
  'httpSocket',
  'length',
  'onBodySent',
  'onRequestSent',
  'onResponseStarted',
  'pause',
  'redirect',
  'request',
  'response',
  'resume',
  'set',
  'signal',
  'socket',
  'then',
  'timeout',
  'transfer-encoding',
  'unref',
  'value',
  'writable',
]);
