/** Runs code in a process of its own, on the built packages: for what only a whole process shows. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What is left of a process. */
export interface Ended {
  /** `null` when it did not end by itself in time. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds. */
  readonly time: number;
}

/** Runs an ES module's text; it may import `oauth2-backend`. It has 50 s. */
export function runModule(code: string, ...args: readonly string[]): Promise<Ended> {
  return runModuleWith({}, code, ...args);
}

/** The same with these environment variables beside the process's own. */
export function runModuleWith(
  environment: Readonly<Record<string, string>>,
  code: string,
  ...args: readonly string[]
): Promise<Ended> {
  const start = performance.now();
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const env = { ...process.env, ...environment };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--input-type=module', '--eval', code, ...args],
      { cwd, env, timeout: 50_000, killSignal: 'SIGKILL' },
      (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr, time: performance.now() - start }),
    );
  });
}
