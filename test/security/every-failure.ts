import { fork } from 'node:child_process';
import { once } from 'node:events';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BackendDefinitions } from 'oauth2-backend';
import { leaks, rows } from './canaries.js';
import { type FailingServers, failingServers } from './failing-servers.js';

/** The first ones for every failure; a failure of the API is met in all. */
const ways = ['got', 'got.stream', 'fetch', 'request', 'token', 'got.post', 'got.retry', 'got.paginate', 'fetch.post'];

/** Describes what every framework shows when everything fails in every way. */
export function everyFailure(environment: string): void {
  describe(`with NODE_ENV ${environment}`, () => {
    let servers: FailingServers;
    let ran: Awaited<ReturnType<typeof run>>;
    beforeAll(async () => {
      servers = await failingServers();
      ran = await run(environment, servers.failures);
    }, 120_000);
    afterAll(() => servers.close());

    it('every failure was met in every way, and none ended the process', () => {
      expect(ran.code).toBe(0);
      const statuses = new Map(ran.answers.map(({ app, path, status }) => [`${app} ${path}`, status]));
      const failures = servers.failures.filter(({ name }) => name.startsWith('as-')).length;
      const others = (servers.failures.length - failures) * 9;
      expect(statuses.size).toBe(4 * (failures * 5 * rows.length + others) + 4 * (failures * 5 + others));
      const odd = ran.answers.filter(({ status }) => ![200, 500, 502, 504].includes(status));
      expect(odd.map(({ app, path, status }) => `${app} ${path} ${status}`)).toEqual([]);
      const failed = ran.answers.filter(({ status }) => status >= 500);
      expect(failed.length).toBeGreaterThan(ran.answers.length * 0.8);
    });

    it('no answer to the inbound client holds a secret', () => {
      const bad = ran.answers.flatMap(({ app, path, text }) => leaks(text).map((leak) => `${app} ${path} ${leak}`));
      expect(bad.slice(0, 5)).toEqual([]);
    });

    it('neither stdout nor stderr holds a secret', () => {
      expect(ran.stderr).toMatch(/TokenRequestError: 127\.0\.0\.1:\d+ answered client "shop" 500 with an HTML page/);
      expect(ran.stdout).toMatch(/could not be renewed/);
      expect([...leaks(ran.stdout), ...leaks(ran.stderr)]).toEqual([]);
    });
  });
}

/** A backend for each row and failure; how the client authenticates makes no difference to a failure of the API. */
function definitions(failures: FailingServers['failures']): BackendDefinitions {
  return Object.fromEntries(
    rows.flatMap((row, index) =>
      failures
        .filter(({ name }) => index === 0 || name.startsWith('as-'))
        .map(({ name, token_endpoint, ...place }) => {
          const endpoint = token_endpoint.replace('?', `?${row.name}&`);
          const oauth2 = {
            grant_type: 'client_credentials',
            client_id: 'shop',
            token_endpoint: endpoint,
            ...row.oauth2,
          };
          const limits = { timeout: '1500ms', ttfb_timeout: '800ms' };
          return [
            `${name}-${row.name}`,
            { ...place, ...limits, oauth2: { ...oauth2, backend: { timeout: '4s', ...row.backend } } },
          ];
        }),
    ),
  ) as unknown as BackendDefinitions;
}

interface Seen {
  readonly app: string;
  readonly path: string;
  readonly status: number;
  /** Head and body. */
  readonly text: string;
}

/** Lets everything fail in a process of its own. */
async function run(
  environment: string,
  failures: FailingServers['failures'],
): Promise<{ answers: Seen[]; stdout: string; stderr: string; code: number | null }> {
  const child = fork(new URL('fixtures/canary-apps.js', import.meta.url), {
    env: { ...process.env, NODE_ENV: environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const ended = once(child, 'close');
  const backends = definitions(failures);
  child.send(backends);
  const [ports] = (await once(child, 'message')) as [Record<string, number>];

  const answers: Seen[] = [];
  const askAll = async ([app, port]: [string, number]) => {
    const newest = /^(?:express 5|koa 3)/.test(app);
    const paths = Object.keys(backends)
      .filter((name) => newest || name.endsWith('-basic'))
      .flatMap((name) => ways.slice(0, name.startsWith('as-') ? 5 : 9).map((way) => `/${name}/${way}`));
    const ask = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      const text = `${inspect(response.headers)} ${response.statusText} ${await response.text()}`;
      answers.push({ app, path, status: response.status, text });
    };
    await Promise.all(paths.map(ask));
  };
  await Promise.all(Object.entries(ports).map(askAll));
  child.send('end');
  const [code] = (await ended) as [number | null];
  return { answers, ...output, code };
}
