import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { certificateAuthority } from 'test-servers/certificates';
import { type ProxyServer, proxyServer } from 'test-servers/proxy-server';
import { runModuleWith } from '../../packages/oauth2-backend/test/clients/run-module.js';
import { type UpstreamServer, upstreamServer } from './upstream-server.js';

const HOST = 'upstream.invalid';
/** The proxy is trusted because the process trusts it, the upstream because the backend does. */
const [ofTheProcess, ofTheBackend] = [certificateAuthority('process'), certificateAuthority('backend')];
let proxy: ProxyServer;
let plain: UpstreamServer;
let secure: UpstreamServer;
let folder: string;

beforeAll(async () => {
  proxy = await proxyServer(ofTheProcess.server('localhost'));
  plain = await upstreamServer();
  secure = await upstreamServer({ tls: ofTheBackend.server(HOST) });
  folder = await mkdtemp(join(tmpdir(), 'oauth2-backend-roots-'));
  await writeFile(join(folder, 'roots.pem'), ofTheProcess.ca);
});
afterAll(async () => {
  await Promise.all([proxy.close(), plain.close(), secure.close()]);
  await rm(folder, { recursive: true });
});

const asked = `
  import { createBackends, staticToken } from 'oauth2-backend';
  const [definition] = process.argv.slice(1).map((text) => JSON.parse(text));
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const backends = createBackends({ api: definition }, { tokens: { api: staticToken('t') }, logger });
  const { got, fetch } = backends.get('api');
  const seen = [];
  for (const ask of [async () => (await got('a')).statusCode, async () => (await fetch('b')).status]) {
    seen.push(await ask().catch((error) => String(error.cause ?? error)));
  }
  console.log(JSON.stringify(seen));
  await backends.close();
`;

async function ask(definition: object, environment: Record<string, string> = {}): Promise<unknown> {
  const roots = { NODE_EXTRA_CA_CERTS: join(folder, 'roots.pem') };
  const { stdout, stderr } = await runModuleWith({ ...roots, ...environment }, asked, JSON.stringify(definition));
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

const overHttp = () => ({ origin: `http://${HOST}:${plain.port}`, allow_http: true });
const overTls = () => ({ origin: `https://${HOST}:${secure.port}`, tls: { server_ca_certificate: ofTheBackend.ca } });

describe('a proxy over TLS', () => {
  it('is asked in the absolute form, by its own name', async () => {
    const before = proxy.requests.length;
    expect(await ask({ ...overHttp(), proxy: proxy.url })).toEqual([200, 200]);
    const target = `http://${HOST}:${plain.port}`;
    expect(proxy.requests.slice(before)).toMatchObject([
      { method: 'GET', target: `${target}/a`, serverName: 'localhost' },
      { method: 'GET', target: `${target}/b`, serverName: 'localhost' },
    ]);
  });

  it('is asked by CONNECT, by its own name; a CA of the backend stands beside those that the process trusts', async () => {
    const before = proxy.requests.length;
    expect(await ask({ ...overTls(), proxy: proxy.url })).toEqual([200, 200]);
    const target = `${HOST}:${secure.port}`;
    expect(proxy.requests.slice(before)).toMatchObject([
      { method: 'CONNECT', target, serverName: 'localhost' },
      { method: 'CONNECT', target, serverName: 'localhost' },
    ]);
  });
});

describe('a CA of the backend', () => {
  it('does not replace the roots of the process', async () => {
    const server = await upstreamServer({ tls: ofTheProcess.server('localhost') });
    const tls = { server_ca_certificate: ofTheBackend.ca };
    expect(await ask({ origin: `https://localhost:${server.port}`, tls })).toEqual([200, 200]);
    await server.close();
  });
});

describe('HTTPS_PROXY, HTTP_PROXY and NO_PROXY', () => {
  it('decide for each client alike', async () => {
    const environment = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url };
    const before = proxy.requests.length;
    expect(await ask(overTls(), environment)).toEqual([200, 200]);
    expect(await ask(overHttp(), environment)).toEqual([200, 200]);
    expect(proxy.requests).toHaveLength(before + 4);
    const direct = await ask(overHttp(), { ...environment, NO_PROXY: '.invalid' });
    expect(direct).toEqual([expect.stringContaining('ENOTFOUND'), expect.stringContaining('ENOTFOUND')]);
    expect(proxy.requests).toHaveLength(before + 4);
  });
});
