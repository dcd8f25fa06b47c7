/** README's first blocks, run as processes beside the playground, word by word; needs the packages built. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningExample, runExample } from '../examples/run-example.js';

const root = resolve(import.meta.dirname, '../..');
const main = new URL('../../packages/oauth2-backend-playground/dist/main.js', import.meta.url);

/** What README and the playground agree on: the application, the authorization server, the API. */
const PORTS = [3000, 4010, 4011] as const;

let folder: string;
const running: RunningExample[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'first-blocks-'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
});

afterAll(() => rm(folder, { recursive: true }));

afterEach(async () => {
  for (const process of running.splice(0).reverse()) {
    process.kill('SIGKILL');
    await process.ended;
  }
});

describe.each(['Express', 'Koa'])('README, %s', (heading) => {
  it('answers with a token that the API of the playground has verified', async () => {
    const { text, command } = await blockBelow(`## ${heading}`);
    const secret = /CLIENT_SECRET=(\S+) node app\.js/.exec(command)?.[1] ?? 'missing';
    for (const [name, port] of [
      ['origin', PORTS[2]],
      ['token_endpoint', PORTS[1]],
    ]) {
      expect(text).toMatch(new RegExp(`${name}: 'http://127\\.0\\.0\\.1:${port}[/']`));
    }
    const ports = await freePorts();
    const [appPort, asPort, apiPort] = ports;

    const playground = start(main, ['--as-port', String(asPort), '--api-port', String(apiPort)]);
    await playground.printed(/Who asks when:/);
    const file = join(folder, 'app.js');
    await writeFile(
      file,
      PORTS.reduce((code, port, index) => code.replaceAll(String(port), String(ports[index])), text),
    );
    const app = start(pathToFileURL(file), [], { CLIENT_SECRET: secret });
    const url = `http://127.0.0.1:${appPort}/invoices`;
    const answer = await answered(url, app);

    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      invoices: [{ id: 1 }],
      token: { client_id: 'shop', scope: 'invoices:read' },
    });
    expect((await fetch(url)).status).toBe(200);
    await playground.printed(
      / token {2}shop +client_credentials +200[\s\S]* api +shop +GET \/invoices +200[\s\S]* api +shop +GET/,
    );
    expect(playground.output().match(/ token {2}shop /g)).toHaveLength(1);
    expect(app.output()).toBe('');
  });
});

function start(file: URL, args: string[], env: Record<string, string> = {}): RunningExample {
  const process = runExample(file, { args, env });
  running.push(process);
  return process;
}

/** The first block of JavaScript below a heading, and the commands that are to be typed before the next one. */
async function blockBelow(heading: string): Promise<{ text: string; command: string }> {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const section = readme.split(`\n${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const text = /^```js\n([\s\S]*?)^```$/m.exec(section)?.[1] ?? 'missing';
  return { text, command: section };
}

/** Those of README; where another program has one of them, others. */
async function freePorts(): Promise<readonly number[]> {
  const given = await Promise.all(PORTS.map(listenOnce));
  if (given.every((port) => port !== undefined)) return PORTS;
  return Promise.all(PORTS.map(async () => (await listenOnce(0)) ?? 0));
}

async function listenOnce(port: number): Promise<number | undefined> {
  const server = createServer().listen(port, '127.0.0.1');
  const free = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  if (!free) return undefined;
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' ? address?.port : undefined;
}

/** The application does not say when it listens. */
async function answered(url: string, app: RunningExample): Promise<Response> {
  const ended = app.ended.then((code) => {
    throw new Error(`the application ended with ${code}: ${app.output()}`);
  });
  for (;;) {
    const answer = await Promise.race([fetch(url).catch(() => undefined), ended]);
    if (answer) return answer;
    await Promise.race([pause(50), ended]);
  }
}
