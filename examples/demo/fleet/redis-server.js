/** A redis-server of the demo's own, on a free loopback port. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** Whether the program is there. */
export function redisInstalled() {
  return spawnSync('redis-server', ['--version']).status === 0;
}

/** Starts it: `port`, `kill()`, and `start()` to start it again, empty. */
export async function redisServer() {
  // Not one that the system gives to outgoing connections: while the server is down a client could be connected to itself.
  const port = String(10_000 + Math.floor(Math.random() * 20_000));
  let child;
  await start();
  return { port, start, kill };

  async function start() {
    child = spawn('redis-server', ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']);
    let said = '';
    child.stdout.on('data', (text) => {
      said += text;
    });
    const ended = once(child, 'exit').then(() => 'exit');
    while (!said.includes('Ready to accept connections')) {
      if ((await Promise.race([once(child.stdout, 'data'), ended])) === 'exit')
        throw new Error('redis-server did not start');
    }
  }

  async function kill() {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}
