/** The process in which the applications run, with forced collections. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** How long it may live on when everything in it was closed, milliseconds. */
const LAST_BREATH = 2000;

/** Starts it. `ask(type, given)` gives what it answers, `end()` whether it ended by itself. */
export function applicationProcess({ violations, onHeartbeat }) {
  const child = spawn(
    process.execPath,
    ['--expose-gc', '--no-warnings', fileURLToPath(new URL('./apps/main.js', import.meta.url))],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, NODE_ENV: 'production' },
    },
  );
  const waiting = new Map();
  let ending = false;
  let reports = 0;

  child.on('message', ({ type, result, event, text }) => {
    if (type === 'heartbeat') onHeartbeat();
    else if (type === 'report') reports += 1;
    else if (type === 'unhandled') violations.add(`no ${event}`, text);
    else waiting.get(type)?.resolve(result);
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => violations.add('nothing is printed', text));
  }
  child.once('exit', (code, signal) => {
    if (ending && code === 0) return;
    violations.add('the process lives until its end, and no longer', `it ended with ${code ?? signal}`);
    for (const { reject } of waiting.values())
      reject(new Error(`the applications' process ended with ${code ?? signal}`));
  });

  return {
    ask(type, given = {}) {
      return new Promise((resolve, reject) => {
        waiting.set(type, { resolve, reject });
        child.send({ type, ...given });
      }).finally(() => waiting.delete(type));
    },
    async end() {
      ending = true;
      const kill = setTimeout(() => child.kill('SIGKILL'), LAST_BREATH);
      const ended = once(child, 'exit');
      if (child.connected) child.send({ type: 'end' });
      await (child.exitCode === null && child.signalCode === null ? ended : undefined);
      clearTimeout(kill);
    },
    /** How often the library itself has reported something by a warning. */
    reports: () => reports,
    kill: () => child.kill('SIGKILL'),
  };
}
