import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BackendDefinitions, ConfigurationError, createBackends } from 'oauth2-backend';
import { tokenServer } from 'test-servers/token-server';
import { rejection } from '../../packages/oauth2-backend/test/clients/client-world.js';
import { canaries, leaks, rows, spellings } from './canaries.js';
import { type FailingServers, failingServers } from './failing-servers.js';

/** The first ones for every failure; a failure of the API is met in all. */
const ways = ['got', 'got.stream', 'fetch', 'request', 'token', 'got.post', 'got.retry', 'got.paginate', 'fetch.post'];

const ends: (() => Promise<void>)[] = [];
let servers: FailingServers;
beforeAll(async () => {
  servers = await failingServers();
});
afterAll(async () => {
  for (const end of [servers.close, ...ends]) await end();
});

/** A backend for each row and failure; how the client authenticates makes no difference to a failure of the API. */
function definitions(): BackendDefinitions {
  return Object.fromEntries(
    rows.flatMap((row, index) =>
      servers.failures
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
  const backends = definitions();
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

describe.each(['production', 'development'])('with NODE_ENV %s', (environment) => {
  let ran: Awaited<ReturnType<typeof run>>;
  beforeAll(async () => {
    ran = await run(environment);
  }, 120_000);

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
    expect(ran.stderr).toMatch(/TokenRequestError: token endpoint of "as-html-basic" answered 500 with an HTML page/);
    expect(ran.stdout).toMatch(/could not be renewed/);
    expect([...leaks(ran.stdout), ...leaks(ran.stderr)]).toEqual([]);
  });
});

describe('the token that a token backend carries', () => {
  it('does not show when the token endpoint repeats it', async () => {
    const [gate, as] = await Promise.all([tokenServer(), tokenServer()]);
    ends.push(gate.close, as.close);
    gate.extra = { access_token: canaries.token };
    as.failure = { status: 400, body: { error: 'x', error_description: `unknown: ${canaries.token}` } };
    const client = { grant_type: 'client_credentials', client_id: 'shop', client_secret: 'of-the-shop' } as const;
    const gateway = { origin: as.origin, oauth2: { ...client, token_endpoint: gate.url } };
    const post = {
      token_endpoint: as.url,
      token_endpoint_auth_method: 'client_secret_post',
      backend: 'gateway',
    } as const;
    const backends = createBackends({ gateway, api: { origin: 'http://127.0.0.1:9', oauth2: { ...client, ...post } } });
    const error = await rejection(backends.get('api').token());
    expect(as.requests[0]?.headers.authorization).toBe(`Bearer ${canaries.token}`);
    expect(error).toMatchObject({ response: { error: 'x' } });
    expect(leaks(inspect(error, { depth: 20, showHidden: true }))).toEqual([]);
    await backends.close();
  });
});

describe('a definition that is refused', () => {
  it.each(rows)('shows no secret: $name', ({ oauth2 }) => {
    const {
      client_secret_function: source,
      client_secret: secret = source,
      ...rest
    } = oauth2 as Record<string, string>;
    const endpoint = `http://as.example/token?key=${canaries.endpoint_query}#x`;
    const block = { grant_type: 'client_credentials', client_id: 'a\n', token_endpoint: endpoint, scope: '"', ...rest };
    for (const place of [
      { client_secret: [secret] },
      { secret },
      { client_secret: secret, params: { x: { secret } } },
    ]) {
      const wrong = { api: { origin: 'ftp://x', oauth2: { ...block, ...place } } } as unknown as BackendDefinitions;
      const error = thrownBy(() => createBackends(wrong));
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(
        leaks(`${inspect(error, { depth: 20, showHidden: true })} ${JSON.stringify(error)} ${error.stack}`),
      ).toEqual([]);
    }
  });
});

describe('the search for canaries', () => {
  it.each(Object.entries(canaries))('finds %s in every spelling, and a dozen characters of it', (name, value) => {
    for (const spelling of spellings(value)) {
      expect(leaks(`x ${spelling} y`).join()).toContain(`${name}: `);
      expect(leaks(spelling.slice(5, 50))).not.toEqual([]);
    }
    expect(leaks(`x ${Buffer.from(`ab:${value}`).toString('base64')}`)).not.toEqual([]);
  });
});

function thrownBy(attempt: () => unknown): Error {
  try {
    attempt();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe('the credentials of a proxy', () => {
  it('do not show when the proxy repeats them', async () => {
    const proxy = createServer((request, response) => {
      response.writeHead(407, 'no', { 'x-seen': request.headers['proxy-authorization'] }).end(inspect(request.headers));
    });
    proxy.on('connect', ({ headers }, socket) => {
      socket.end(`HTTP/1.1 407 no\r\nx-seen: ${headers['proxy-authorization']}\r\n\r\n${inspect(headers)}`);
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    ends.push(async () => void proxy.close());
    const address = `http://${canaries.proxy_credentials}@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    for (const scheme of ['http', 'https']) {
      const origin = `${scheme}://127.0.0.1:9`;
      const client = { grant_type: 'client_credentials', client_id: 'shop', client_secret: 's' } as const;
      const oauth2 = { ...client, token_endpoint: `${origin}/token`, backend: { proxy: address } };
      const backends = createBackends({ plain: { origin, proxy: address }, api: { origin, oauth2 } });
      const { got, fetch } = backends.get('plain');
      const failures = [got('x'), fetch('x').then((answer) => answer.json()), backends.get('api').token()];
      for (const failure of failures) {
        const error = await rejection(failure);
        const shown = [inspect(error, { depth: 20 }), String(error), JSON.stringify(error), (error as Error).stack];
        expect(leaks(shown.join('\n'))).toEqual([]);
      }
      await backends.close();
    }
  });
});
