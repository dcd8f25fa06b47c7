/** Runs `fixtures/polluted-wire.js`: what goes over the wire while `Object.prototype` has members of somebody's making. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { certificateAuthority } from 'test-servers/certificates';

/** What the fixture is to set. */
interface Task {
  /** Members for one run each. */
  readonly given: readonly object[];
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
