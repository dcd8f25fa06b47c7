import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { certificateAuthority } from 'test-servers/certificates';
import { type ProxyServer, proxyServer } from 'test-servers/proxy-server';
import { type UpstreamServer, upstreamServer } from './upstream-server.js';
import { CLIENT_SECRET, closeWays, RESOURCE_TOKEN, rejectionOf, ways } from './ways.js';

/** A name that no look-up of the client's own finds: only the proxy gets there. */
const HOST = 'upstream.invalid';
const authority = certificateAuthority();
let proxy: ProxyServer;
let plain: UpstreamServer;
let secure: UpstreamServer;

beforeAll(async () => {
  plain = await upstreamServer();
  secure = await upstreamServer({ tls: authority.server(HOST) });
});
afterAll(() => Promise.all([plain.close(), secure.close()]));
afterEach(async () => {
  await closeWays();
  await proxy.close();
});

const overTls = () => ({ origin: `https://${HOST}:${secure.port}`, tls: { server_ca_certificate: authority.ca } });
const overHttp = () => ({ origin: `http://${HOST}:${plain.port}`, allow_http: true });

describe.each(ways)('proxy, $name', (way) => {
  it('is asked by CONNECT for https, and sees nothing of what goes through', async () => {
    proxy = await proxyServer();
    const before = secure.requests.length;
    await way.open({ ...overTls(), proxy: proxy.url }).send();
    expect(secure.requests.slice(before)).toMatchObject([{ url: '/things', serverName: HOST }]);
    expect(secure.requests.at(-1)?.headers.host).toBe(`${HOST}:${secure.port}`);
    expect(secure.requests.at(-1)?.headers).not.toHaveProperty('proxy-authorization');
    expect(proxy.requests).toMatchObject([{ method: 'CONNECT', target: `${HOST}:${secure.port}` }]);
    expect(proxy.requests[0]?.headers).toMatchObject({ host: `${HOST}:${secure.port}` });
    expect(Object.keys(proxy.requests[0]?.headers ?? {}).filter((name) => name !== 'connection')).toEqual(['host']);
    expect(JSON.stringify(proxy.requests)).not.toMatch(new RegExp(`${RESOURCE_TOKEN}|${CLIENT_SECRET}`));
  });

  it('is asked in the absolute form for http, with the Host of the upstream', async () => {
    proxy = await proxyServer();
    const before = plain.requests.length;
    await way.open({ ...overHttp(), proxy: proxy.url }, 'things?a=%7E&b').send();
    const target = `http://${HOST}:${plain.port}/things?a=%7E&b`;
    expect(proxy.requests).toMatchObject([{ target, headers: { host: `${HOST}:${plain.port}` } }]);
    expect(proxy.requests[0]?.method).toBe(way.name === 'token request' ? 'POST' : 'GET');
    expect(plain.requests.slice(before)).toMatchObject([{ url: '/things?a=%7E&b' }]);
  });

  it.each([
    ['CONNECT', overTls, () => secure],
    ['the absolute form', overHttp, () => plain],
  ])('is shown its credentials, percent-decoded, with %s; the upstream is not', async (_, connection, upstream) => {
    proxy = await proxyServer();
    proxy.credentials = 'bürger:p:@ss/ 100%';
    const { send } = way.open({ ...connection(), proxy: proxy.urlWith('b%C3%BCrger:p:%40ss%2F%20100%25') });
    await send();
    await send();
    const shown = `Basic ${Buffer.from('bürger:p:@ss/ 100%').toString('base64')}`;
    expect(proxy.requests.every(({ headers }) => headers['proxy-authorization'] === shown)).toBe(true);
    expect(upstream().requests.at(-1)?.headers).not.toHaveProperty('proxy-authorization');
  });

  it.each([407, 502, 301])('that answers CONNECT with %s is a failure with statusCode 502', async (status) => {
    proxy = await proxyServer();
    if (status === 407) proxy.credentials = 'user:other';
    else proxy.refusal = status;
    const before = secure.requests.length;
    const { send } = way.open({ ...overTls(), proxy: proxy.urlWith('user:hidden-password') });
    const { error } = await rejectionOf(send());
    expect(error['statusCode']).toBe(502);
    expect(JSON.stringify([error, String(error), error.stack])).not.toMatch(/hidden-password|dXNlcjpoaWRkZW4/);
    expect(secure.requests).toHaveLength(before);
  });

  // A network error to fetch, by its standard; to request a 4xx is an answer.
  it('that answers an absolute form with 407 is a failure with statusCode 502', async () => {
    proxy = await proxyServer();
    proxy.credentials = 'user:other';
    const before = plain.requests.length;
    const outcome = await way
      .open({ ...overHttp(), proxy: proxy.urlWith('user:password') })
      .send()
      .catch((error: Error) => error);
    if (way.name === 'request') expect(outcome).toEqual(expect.any(String));
    else expect(outcome).toMatchObject({ statusCode: 502 });
    expect(plain.requests).toHaveLength(before);
  });

  it('that cannot be reached is a failure with statusCode 502', async () => {
    proxy = await proxyServer();
    const { url } = proxy;
    await proxy.close();
    for (const connection of [overTls(), overHttp()]) {
      const { error } = await rejectionOf(way.open({ ...connection, proxy: url }).send());
      expect(error['statusCode']).toBe(502);
    }
    proxy = await proxyServer();
  });

  it('that never answers CONNECT ends within 100 ms of connect_timeout, and its connection is closed', async () => {
    proxy = await proxyServer();
    proxy.stalled = true;
    const { send } = way.open({ ...overTls(), proxy: proxy.url, connect_timeout: '200ms' });
    const { error, time } = await rejectionOf(send());
    expect(error).toMatchObject({ name: way.timeout, statusCode: 504, expose: false });
    expect(time).toBeGreaterThan(195);
    expect(time).toBeLessThan(300);
    await untilNoneIsOpen(proxy);
  });

  it('that never answers a request in the absolute form ends within 100 ms of ttfb_timeout', async () => {
    proxy = await proxyServer();
    proxy.stalled = true;
    const { send } = way.open({ ...overHttp(), proxy: proxy.url, ttfb_timeout: '200ms', timeout: '2s' });
    const { error, time } = await rejectionOf(send());
    expect(error).toMatchObject({ statusCode: 504, expose: false });
    expect(time).toBeGreaterThan(195);
    expect(time).toBeLessThan(300);
  });
});

/** The close arrives within a few turns of the event loop. */
async function untilNoneIsOpen({ open }: ProxyServer): Promise<void> {
  for (let round = 0; open() > 0 && round < 1_000; round++) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(open()).toBe(0);
}
