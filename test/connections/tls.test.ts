import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { certificateAuthority } from 'test-servers/certificates';
import { type UpstreamServer, upstreamServer } from './upstream-server.js';
import { closeWays, rejectionOf, ways } from './ways.js';

const authority = certificateAuthority();
const stranger = certificateAuthority('Another CA');
const certified = authority.server();
const shop = authority.client('shop');
const foreign = stranger.client('foreigner');
const server_ca_certificate = authority.ca;
let upstream: UpstreamServer;
let mutual: UpstreamServer;
let h2: UpstreamServer;

beforeAll(async () => {
  upstream = await upstreamServer({ tls: certified });
  mutual = await upstreamServer({ tls: { ...certified, ca: authority.ca } });
  h2 = await upstreamServer({ tls: { ...certified, ca: authority.ca }, http2: true });
});
afterAll(() => Promise.all([upstream, mutual, h2].map((server) => server.close())));
afterEach(closeWays);

const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => 'made',
    (error: Error & { statusCode?: number }) => error.statusCode,
  );

describe.each(ways)('tls, $name', (way) => {
  it('a server of a private authority is trusted when that authority is configured, and only then', async () => {
    const { origin } = upstream;
    const before = upstream.requests.length;
    expect(await outcome(way.open({ origin }).send())).toBe(502);
    expect(await outcome(way.open({ origin, tls: { server_ca_certificate: stranger.ca } }).send())).toBe(502);
    expect(upstream.requests).toHaveLength(before);
    const both = stranger.ca + authority.ca;
    expect(await outcome(way.open({ origin, tls: { server_ca_certificate } }).send())).toBe('made');
    expect(await outcome(way.open({ origin, tls: { server_ca_certificate: both } }).send())).toBe('made');
    expect(upstream.requests).toHaveLength(before + 2);
  });

  it('a certificate for another name is refused', async () => {
    const elsewhere = await upstreamServer({ tls: authority.server('elsewhere.example') });
    const { error } = await rejectionOf(way.open({ origin: elsewhere.origin, tls: { server_ca_certificate } }).send());
    expect(error['statusCode']).toBe(502);
    expect(elsewhere.requests).toHaveLength(0);
    await elsewhere.close();
  });

  it('disable_certificate_validation takes any certificate', async () => {
    expect(await outcome(way.open({ origin: upstream.origin, disable_certificate_validation: true }).send())).toBe(
      'made',
    );
  });

  it('client_certificate is what the server sees and verifies', async () => {
    const { origin } = mutual;
    const tls = { server_ca_certificate, client_certificate: shop.cert, client_private_key: shop.key };
    expect(await outcome(way.open({ origin, tls }).send())).toBe('made');
    expect(mutual.requests.at(-1)?.client).toBe('shop');
    const before = mutual.requests.length;
    expect(await outcome(way.open({ origin, tls: { server_ca_certificate } }).send())).toBe(502);
    const wrong = { server_ca_certificate, client_certificate: foreign.cert, client_private_key: foreign.key };
    expect(await outcome(way.open({ origin, tls: wrong }).send())).toBe(502);
    expect(mutual.requests).toHaveLength(before);
  });

  it('client_certificate is shown without validation of the server, too', async () => {
    const tls = { client_certificate: shop.cert, client_private_key: shop.key };
    const definition = { origin: mutual.origin, tls, disable_certificate_validation: true };
    expect(await outcome(way.open(definition).send())).toBe('made');
    expect(mutual.requests.at(-1)?.client).toBe('shop');
  });

  it('hostname is the Host header and the server name, and the name the certificate must be for', async () => {
    const named = await upstreamServer({ tls: authority.server('api.example.com') });
    const definition = { origin: named.origin, tls: { server_ca_certificate } };
    expect(await outcome(way.open({ ...definition, hostname: 'API.example.com' }).send())).toBe('made');
    expect(named.requests).toMatchObject([{ serverName: 'api.example.com', headers: { host: 'api.example.com' } }]);
    expect(await outcome(way.open({ ...definition, hostname: 'other.example.com' }).send())).toBe(502);
    expect(named.requests).toHaveLength(1);
    await named.close();
  });

  it('hostname is the Host header over plain http', async () => {
    const plain = await upstreamServer();
    await way.open({ origin: plain.origin, hostname: 'api.example.com' }).send();
    expect(plain.requests[0]?.headers.host).toBe('api.example.com');
    await plain.close();
  });
});

describe.each(ways.filter(({ name }) => !name.startsWith('got')))('http2, $name', (way) => {
  const tls = { server_ca_certificate, client_certificate: shop.cert, client_private_key: shop.key };

  it('speaks to a server that speaks nothing else, over one connection', async () => {
    const before = h2.requests.length;
    const { send } = way.open({ origin: h2.origin, tls, http2: true });
    await send();
    await send();
    const seen = h2.requests.slice(before);
    expect(seen).toMatchObject([
      { httpVersion: '2.0', client: 'shop', serverName: 'localhost', url: '/things' },
      { httpVersion: '2.0' },
    ]);
    expect(seen[0]?.connection).toBe(seen[1]?.connection);
  });

  it('is off by default, and falls back where the server knows HTTP/1.1 only', async () => {
    expect(await outcome(way.open({ origin: h2.origin, tls }).send())).toBe(502);
    await way.open({ origin: upstream.origin, tls: { server_ca_certificate }, http2: true }).send();
    expect(upstream.requests.at(-1)?.httpVersion).toBe('1.1');
  });

  it('sends hostname as authority and server name', async () => {
    const named = await upstreamServer({ tls: authority.server('api.example.com'), http2: true });
    const definition = {
      origin: named.origin,
      tls: { server_ca_certificate },
      http2: true,
      hostname: 'api.example.com',
    };
    await way.open(definition).send();
    expect(named.requests[0]).toMatchObject({
      serverName: 'api.example.com',
      headers: { ':authority': 'api.example.com' },
    });
    await named.close();
  });
});

describe('http2, got', () => {
  it('speaks HTTP/1.1 whatever is configured', async () => {
    const got = ways[0];
    await got?.open({ origin: upstream.origin, tls: { server_ca_certificate }, http2: true }).send();
    expect(upstream.requests.at(-1)?.httpVersion).toBe('1.1');
  });
});
