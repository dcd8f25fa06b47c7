/** A program in a process of its own that answers questions; `answerParent` is its other end. */
import { fork } from 'node:child_process';
import { join } from 'node:path';

/**
 * Starts a script of this folder.
 *
 * @returns `{ ask(method, data), close() }`; `ask` rejects with what the method threw, or when the process ends
 */
export function childProcess(script, args = []) {
  const child = fork(join(import.meta.dirname, script), args, { execArgv: ['--expose-gc', '--no-warnings'] });
  const asked = new Map();
  let count = 0;

  child.on('message', ({ id, result, error }) => {
    const { resolve, reject } = asked.get(id);
    asked.delete(id);
    if (error === undefined) resolve(result);
    else reject(new Error(`${[script, ...args].join(' ')}: ${error}`));
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.once('exit', (code) => {
    for (const { reject } of asked.values()) reject(new Error(`${[script, ...args].join(' ')} ended with ${code}`));
    asked.clear();
  });

  return {
    ask(method, data = {}) {
      return new Promise((resolve, reject) => {
        count += 1;
        asked.set(count, { resolve, reject });
        child.send({ id: count, method, data });
      });
    },
    async close() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
