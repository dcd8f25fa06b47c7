/** A real redis-server on a free loopback port. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { listen } from './listen.js';

/** Which one is installed; `undefined` without any. */
export function redisVersion() {
  const { status, stdout } = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });
  return status === 0 ? /v=(\S+)/.exec(stdout)?.[1] : undefined;
}

/** Starts it, empty, in memory only. @returns `{ port, close() }`; it ends with this process at the latest */
export async function redisServer() {
  const port = await freePort();
  const args = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  await ready(child);
  return {
    port: Number(port),
    async close() {
      process.off('exit', end);
      const gone = once(child, 'exit');
      end();
      await gone;
    },
  };
}

async function freePort() {
  const server = createServer();
  const { port } = new URL(await listen(server));
  server.close();
  await once(server, 'close');
  return port;
}

function ready(child) {
  return new Promise((resolve, reject) => {
    let said = '';
    child.once('exit', () => reject(new Error(`redis-server did not start: ${said}`)));
    child.stdout.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-10_000);
      if (said.includes('Ready to accept connections')) resolve();
    });
  });
}
