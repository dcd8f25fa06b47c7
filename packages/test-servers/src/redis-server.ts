/** A real redis-server on a free loopback port, that a test may kill, pause and start again. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

export interface RedisServer {
  readonly port: number;
  /** `redis://127.0.0.1:port` */
  readonly url: string;
  /** Ends it at once; what it held is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty. */
  start(): Promise<void>;
  /** Stops the process (SIGSTOP): connections stay and nothing is answered. */
  pause(): void;
  resume(): void;
}

/** Which one is installed; `undefined` without any. */
export function redisVersion(): string | undefined {
  const { status, stdout } = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });
  return status === 0 ? /v=(\S+)/.exec(stdout)?.[1] : undefined;
}

/** Whether the program is there. With `CI` set its absence is an error: the suite must not be skipped there. */
export function redisInstalled(): boolean {
  if (redisVersion() !== undefined) return true;
  const message = 'redis-server is not installed: apt-get install redis-server';
  if (process.env['CI']) throw new Error(message);
  process.stderr.write(`\n!!! SKIPPED: the tests of the shared store; ${message}\n\n`);
  return false;
}

/** Starts one; `args` as on its command line. It ends with this process at the latest. */
export async function redisServer(args: readonly string[] = []): Promise<RedisServer> {
  const started = await launchSomewhere(args);
  const { port } = started;
  let child: ChildProcess | undefined = started.child;
  const server: RedisServer = {
    port,
    url: `redis://127.0.0.1:${port}`,
    async start() {
      child = await launch(port, args);
    },
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
  };
  return server;
}

/** Between the look for a free port and its use others may take it, or the one of the cluster's bus. */
async function launchSomewhere(args: readonly string[], tries = 5): Promise<{ port: number; child: ChildProcess }> {
  const port = await freePort();
  try {
    return { port, child: await launch(port, args) };
  } catch (error) {
    if (tries === 1) throw error;
    return launchSomewhere(args, tries - 1);
  }
}

async function launch(port: number, args: readonly string[]): Promise<ChildProcess> {
  const fixed = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', [...fixed, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const end = () => void child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  let said = '';
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    said += chunk.toString();
    if (said.includes('Ready to accept connections')) {
      // Nobody reads on: the pipe must not fill.
      const again = child.stdout;
      again?.resume();
      return child;
    }
  }
  throw new Error(`redis-server did not start: ${said}`);
}

/** Not one that the system gives to outgoing connections: while the server is down a client could be connected to itself. */
async function freePort(): Promise<number> {
  const port = 10_000 + Math.floor(Math.random() * 20_000);
  const server = createServer().listen(port, '127.0.0.1');
  const free = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  if (!free) return freePort();
  server.close();
  await once(server, 'close');
  return port;
}
