/** Runs `fixtures/held-loop.js`: for how long the worst texts from outside hold the event loop. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Milliseconds by the name of the place that is fed. @param step only each so many-th kind of text */
export async function heldLoop(step: number): Promise<Readonly<Record<string, number>>> {
  const fixture = join(import.meta.dirname, 'fixtures/held-loop.js');
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', fixture, String(step)]);
  return JSON.parse(stdout);
}

/** Those that hold it too long, on a busy machine too. */
export function tooLong(held: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(held).filter(([, milliseconds]) => milliseconds > 100);
}
