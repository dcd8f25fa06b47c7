/** The demo of `npm start`, run as a process; needs the packages built, as `npm test` does first. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { type RunningExample, runExample } from './run-example.js';

const main = new URL('../../examples/demo/main.js', import.meta.url);
const naive = new URL('./fixtures/naive-demo.js', import.meta.url);

let running: RunningExample | undefined;

function run(file: URL, args: string[] = [], env: Record<string, string> = {}): RunningExample {
  running = runExample(file, { args, env });
  return running;
}

afterEach(async () => {
  running?.kill('SIGKILL');
  await running?.ended;
});

describe('npm start', () => {
  it('shows each claim for both applications, in 80 columns without colour, and exits 0', async () => {
    const demo = run(main);
    expect({ code: await demo.ended, output: demo.output() }).toMatchObject({ code: 0 });
    const lines = demo.output().split('\n');
    const found = (app: string) => lines.filter((line) => line.startsWith(`  ✓ ${app}`)).map((line) => line.slice(17));

    for (const app of ['express got', 'koa fetch']) {
      const [cold, warm, renewal, revoked, redirect, ...more] = found(app);
      expect(cold).toMatch(/^1 request +100 × 200 +100 × 200$/);
      expect(warm).toMatch(/^0 requests +100 × 200 +100 × 200$/);
      expect(renewal).toMatch(/^1 request, \d+ ms +(\d+ × 200) +\1, slowest \d+ ms$/);
      expect(revoked).toMatch(/^1 request +\d+ × 401, 10 × 200 +10 × 200$/);
      expect(redirect).toMatch(/^0 requests +1 × 302 +302, 0 at foreign host$/);
      expect(more).toEqual([]);
    }
    for (const client of ['express', 'koa']) {
      const token = (life: number) =>
        new RegExp(`^ {6}token …[\\w-]{6} {2}client_id ${client}, sub ${client}, scope invoices, lives ${life} s$`);
      const tokens = (life: number) => lines.filter((line) => token(life).test(line));
      expect([tokens(300).length, tokens(4).length]).toEqual([2, 2]);
      expect(new Set([...tokens(300), ...tokens(4)]).size).toBe(4);
    }
    expect(demo.output().match(/^ +iss http:\/\/127\S+, aud https:\/\/billing\.example\.com$/gm)).toHaveLength(1);
    expect(demo.output()).toMatch(/^✓ 5 of 5 steps showed what they claim, in \d+\.\d s$/m);

    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(demo.output()).not.toContain('\u001b');
    expect(demo.output()).not.toMatch(/oidc-provider|warning|eyJ/i);
  }, 60_000);

  it('exits 1 and says what was not shown when an application asks for a token each time', async () => {
    const demo = run(naive);
    expect(await demo.ended).toBe(1);
    expect(demo.output()).toMatch(/✗ naive fetch +100 requests .*\n +not shown: one token request/);
    expect(demo.output().match(/^ {6}and 96 more$/gm)).toHaveLength(2);
    expect(demo.output()).toMatch(/not shown: nothing arrived at the foreign host/);
    expect(demo.output()).toMatch(/^✗ 0 of 5 steps showed what they claim/m);
  }, 60_000);

  it('refuses unknown arguments with its usage and exits 2', async () => {
    const demo = run(main, ['--server']);
    expect(await demo.ended).toBe(2);
    expect(demo.output()).toMatch(/^usage: npm start \[-- --serve\]/);
  });
});

describe('npm start -- on-behalf-of', () => {
  it('shows two users, each as himself, in both applications, and exits 0', async () => {
    const demo = run(main, ['on-behalf-of']);
    expect({ code: await demo.ended, output: demo.output() }).toMatchObject({ code: 0 });
    const lines = demo.output().split('\n');
    for (const app of ['express got', 'koa fetch']) {
      const found = lines.filter((line) => line.startsWith(`  ✓ ${app}`)).map((line) => line.slice(17).split(/ {2,}/));
      expect(found).toEqual([
        ['2 for amy, bob', '100 × 200', '50 × amy, 50 × bob'],
        ['1 for amy', '100 × 200', '50 × amy, 50 × bob'],
        ['0 requests', '0 requests', '2 × 401'],
      ]);
    }
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(demo.output()).not.toMatch(/oidc-provider|warning|eyJ/i);
  }, 60_000);
});

describe('npm start -- --serve', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`keeps everything up, prints curl lines that work, and ends with 0 on ${signal}`, async () => {
      const demo = run(main, ['--serve']);
      await demo.printed(/Ctrl-C ends it/);
      const commands = demo.output().match(/^curl .*$/gm) ?? [];
      expect(commands).toHaveLength(8);

      const answers = [];
      for (const command of commands) answers.push(await curl(command));
      const [express, koa, asked, seen, refused, revoked, repeated, moved] = answers;
      for (const answer of [express, koa]) expect(answer?.body).toContain('"amount":42');
      expect(asked?.body).toContain('"client":"koa","status":200');
      expect(seen?.body).toContain('"path":"/invoices"');
      expect(refused).toMatchObject({ status: 401, challenge: 'Bearer realm="billing"' });
      expect(revoked?.body).toMatch(/^\{"revoked":\d+\}$/);
      expect(repeated).toMatchObject({ status: 200, body: expect.stringContaining('sha256') });
      expect(moved?.body).toContain('"status":302');

      demo.kill(signal);
      expect(await demo.ended).toBe(0);
    }, 60_000);
  }
});

describe('npm start -- fleet without redis-server', () => {
  it('says how to get it and exits 1', async () => {
    const demo = run(main, ['fleet'], { PATH: '' });
    expect(await demo.ended).toBe(1);
    expect(demo.output()).toMatch(/^This demo needs redis-server: apt-get install redis-server/);
  });
});

/** What `curl` would do with the options that the demo prints. */
async function curl(command: string) {
  const url = command.match(/http:\S+/)?.[0] ?? '';
  const body = command.match(/-d '(.*)'/)?.[1];
  const method = body === undefined ? (command.match(/-X (\S+)/)?.[1] ?? 'GET') : 'POST';
  const answer = await fetch(url, { method, ...(body === undefined ? {} : { body }) });
  return { status: answer.status, challenge: answer.headers.get('www-authenticate'), body: await answer.text() };
}
