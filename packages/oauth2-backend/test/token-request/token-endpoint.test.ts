import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TokenRequestError } from 'oauth2-backend';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { manualClock } from '../sources/manual-clock.js';
import { billing } from './billing.js';

let server: TokenServer;
beforeEach(async () => {
  server = await tokenServer();
});
afterEach(() => server.close());

describe('a token request', () => {
  it('is a form POST that asks for JSON (RFC 6749 §3.2, App. B)', async () => {
    await billing(server.url).backend.token();
    const [request] = server.requests;
    expect(request?.method).toBe('POST');
    expect(request?.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      'user-agent': 'oauth2-backend',
      'content-length': String(request?.body.length),
    });
    expect(request?.body.toString()).toBe('grant_type=client_credentials');
  });

  it('keeps the endpoint and its query to the letter and puts no credential there (RFC 6749 §3.2, §2.3.1)', async () => {
    await billing(`${server.origin}//as/token/?tenant=a&x=%20`).backend.token();
    expect(server.requests[0]?.url).toBe('//as/token/?tenant=a&x=%20');
  });

  it('sorts its parameters, keeps the order of lists, escapes names (RFC 6749 §3.2)', async () => {
    const params = { resource: ['https://b.example', 'https://a.example'], audience: 'x y', 'ä b': 'ö' };
    await billing(server.url, { scope: 'b:write a:read', params }).backend.token();
    expect(server.requests[0]?.body.toString('latin1')).toBe(
      [
        'audience=x+y',
        'grant_type=client_credentials',
        'resource=https%3A%2F%2Fb.example',
        'resource=https%3A%2F%2Fa.example',
        'scope=b%3Awrite+a%3Aread',
        '%C3%A4+b=%C3%B6',
      ].join('&'),
    );
  });

  it('leaves an empty scope out (RFC 6749 §3.2)', async () => {
    await billing(server.url, { scope: '' }).backend.token();
    expect(server.requests[0]?.body.toString()).toBe('grant_type=client_credentials');
  });

  it.each([301, 302, 303, 307, 308])('does not follow a %d', async (status) => {
    const other = await tokenServer();
    server.failure = { status, headers: { location: other.url } };
    const error = await billing(server.url).failure();
    expect(error).toBeInstanceOf(TokenRequestError);
    expect(error).toMatchObject({ statusCode: 502, response: { status } });
    const what = `with a redirect to ${other.url}: redirects of a token request are not followed: is "token_endpoint" right?`;
    expect(error.message).toBe(`${new URL(server.url).host} answered client "shop" ${status} ${what}`);
    expect(server.requests).toHaveLength(1);
    expect(other.requests).toEqual([]);
    await other.close();
  });

  it('dates the token from before the request was sent (RFC 6749 §5.1)', async () => {
    const clock = manualClock();
    const before = clock.now();
    const { backend } = billing(server.url, {}, { clock });
    const release = server.hold();
    const token = backend.token();
    await server.arrived(1);
    clock.pass(60_000);
    release();
    expect(await token).toMatchObject({ issuedAt: before, expiresAt: before + 3_600_000 });
  });

  it('makes a new client secret request each time from a function', async () => {
    const secrets = ['one', 'two'];
    server.expiresIn = 0;
    const { backend } = billing(server.url, { client_secret: async () => secrets.shift() ?? 'none' });
    await backend.token();
    await backend.token();
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      `Basic ${btoa('shop:one')}`,
      `Basic ${btoa('shop:two')}`,
    ]);
  });
});

describe('Retry-After of the token endpoint (RFC 9110 §10.2.3)', () => {
  it.each<[string, number, (now: number) => string, number]>([
    ['seconds on a 429', 429, () => '90', 90_000],
    ['a date on a 503', 503, (now) => new Date(now + 30_000).toUTCString(), 30_000],
    ['over the cap on a 503', 503, () => '9999', 60_000],
    ['over the cap on a 429', 429, () => '9999', 300_000],
  ])('%s', async (_, status, field, length) => {
    const clock = manualClock();
    server.failure = { status, headers: { 'retry-after': field(clock.now()) } };
    const { backends, failure } = billing(server.url, {}, { clock });
    await failure();
    expect(server.requests).toHaveLength(1);
    expect(backends.status()[0]?.retryAt).toBe(clock.now() + length);
  });
});
