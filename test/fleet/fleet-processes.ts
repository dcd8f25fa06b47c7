/** Real processes, each a member of one fleet; needs the build, as `npm test` does first. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./fixtures/member.js', import.meta.url));

export interface FleetProcess {
  /** Runs a command of `fixtures/member.js` there. */
  run(command: string, given?: object): Promise<unknown>;
  /** Called when it begins a token request. */
  onAsking: (() => void) | undefined;
  /** Ends it at once, in the middle of whatever it does. */
  kill(): Promise<void>;
  alive(): boolean;
}

/** Starts so many. */
export function fleetProcesses(count: number): Promise<FleetProcess[]> {
  return Promise.all(Array.from({ length: count }, start));
}

async function start(): Promise<FleetProcess> {
  // Jest's own options are not for the child.
  const child = fork(program, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let ids = 0;
  const member: FleetProcess = {
    onAsking: undefined,
    run(command, given = {}) {
      const id = ++ids;
      child.send({ id, command, ...given });
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    },
    async kill() {
      if (!member.alive()) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
    alive: () => child.exitCode === null && child.signalCode === null,
  };
  child.on('message', (message: { id?: number; result?: unknown; error?: string; asking?: boolean }) => {
    if (message.asking) member.onAsking?.();
    const call = waiting.get(message.id ?? 0);
    if (message.error === undefined) call?.resolve(message.result);
    else call?.reject(new Error(message.error));
  });
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('the process is gone'));
  });
  await ready(child);
  return member;
}

async function ready(child: ChildProcess): Promise<void> {
  await once(child, 'message');
}
