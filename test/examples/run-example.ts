/** Runs a program of this repository as its users do: in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface RunningExample {
  /** What it has printed so far. */
  readonly output: () => string;
  /** Settles when the output matches; rejects when the process ends before. */
  printed(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Sends a signal. */
  kill(signal: NodeJS.Signals): void;
  /** Settles when the process has ended: its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Starts `file` (a URL) with Node; `env` adds to a bare environment. Ends it when the given time (ms) is over. */
export function runExample(
  file: URL,
  { args = [], env = {}, limit = 50_000 }: { args?: string[]; env?: Record<string, string>; limit?: number } = {},
): RunningExample {
  const child = spawn(process.execPath, [fileURLToPath(file), ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limit,
    killSignal: 'SIGKILL',
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);

  return {
    output: () => output,
    ended,
    kill: (signal) => void child.kill(signal),
    async printed(pattern) {
      for (;;) {
        const match = output.match(pattern);
        if (match) return match;
        const gone = await Promise.race([once(child.stdout, 'data').then(() => false), ended.then(() => true)]);
        if (gone && !pattern.test(output)) throw new Error(`ended before it printed ${pattern}:\n${output}`);
      }
    },
  };
}
