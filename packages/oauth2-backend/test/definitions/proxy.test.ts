import { describe, expect, it } from '@jest/globals';
import { backendOf, outcomeOf, problemsOfBackend } from './outcome.js';

describe('proxy', () => {
  it.each([
    ['http://proxy.lan:3128', { url: 'http://proxy.lan:3128' }],
    ['HTTPS://Proxy.lan/', { url: 'https://proxy.lan' }],
    ['http://user:pass@proxy.lan:3128', { url: 'http://proxy.lan:3128', credentials: 'user:pass' }],
    ['http://user@proxy.lan', { url: 'http://proxy.lan', credentials: 'user:' }],
    ['http://u%20r:p%40%3A%C3%A4@proxy.lan', { url: 'http://proxy.lan', credentials: 'u r:p@:ä' }],
    ['http://[::1]:3128', { url: 'http://[::1]:3128' }],
  ])('means for %s: %j', (proxy, meaning) => {
    expect(backendOf({ proxy }).proxy).toEqual(meaning);
  });

  it.each([
    ['proxy.lan:3128', 'must be a proxy URL'],
    ['socks5://proxy.lan', 'with http or https'],
    ['http://proxy.lan/path', 'without path, query and fragment'],
    ['http://proxy.lan?x', 'without path, query and fragment'],
    ['http://proxy.lan:99999', 'host or port is not valid'],
    ['http://proxy.lan:0', 'host or port is not valid'],
    ['http://proxy lan', 'spaces'],
    ['http://u%ff:p@proxy.lan', 'percent-encoded UTF-8'],
    ['http://u:%@proxy.lan', 'percent-encoded UTF-8'],
    ['http://u%3a:p@proxy.lan', 'a user name with a colon'],
    ['http://u:%0d%0a@proxy.lan', 'control characters'],
    ['', 'must be a proxy URL'],
    [null, 'not null'],
    [{}, 'not an object'],
  ])('is refused as %j', (proxy, message) => {
    expect(problemsOfBackend({ proxy })).toEqual([{ path: 'a.proxy', message: expect.stringContaining(message) }]);
  });
});

describe('HTTP_PROXY, HTTPS_PROXY, NO_PROXY', () => {
  const both = { HTTP_PROXY: 'http://plain.lan:1', HTTPS_PROXY: 'http://u:p@tls.lan:2' };
  const ofOrigin = (origin: string, environment: Record<string, string>) => backendOf({ origin }, environment).proxy;

  it('are taken by scheme, lower case first', () => {
    expect(ofOrigin('http://a.lan', both)).toEqual({ url: 'http://plain.lan:1' });
    expect(ofOrigin('https://a.lan', both)).toEqual({ url: 'http://tls.lan:2', credentials: 'u:p' });
    expect(ofOrigin('https://a.lan', { HTTP_PROXY: 'http://plain.lan:1' })).toBeUndefined();
    expect(ofOrigin('https://a.lan', { ...both, https_proxy: 'http://lower.lan' })).toEqual({
      url: 'http://lower.lan',
    });
    expect(ofOrigin('https://a.lan', { ...both, https_proxy: '' })).toEqual({
      url: 'http://tls.lan:2',
      credentials: 'u:p',
    });
    expect(ofOrigin('http://a.lan', { http_proxy: ' proxy.lan:3128 ' })).toEqual({ url: 'http://proxy.lan:3128' });
  });

  it('spare what NO_PROXY names, and loopback only then', () => {
    expect(ofOrigin('https://a.lan', { ...both, NO_PROXY: 'a.lan' })).toBeUndefined();
    expect(ofOrigin('https://a.lan', { ...both, NO_PROXY: 'a.lan', no_proxy: 'b.lan' })).toBeDefined();
    expect(ofOrigin('http://localhost', both)).toEqual({ url: 'http://plain.lan:1' });
    expect(ofOrigin('http://localhost', { ...both, no_proxy: 'localhost' })).toBeUndefined();
  });

  it('do not count where a proxy is configured', () => {
    const environment = { HTTPS_PROXY: 'not a proxy', NO_PROXY: '*' };
    expect(backendOf({ proxy: 'http://own.lan' }, environment).proxy).toEqual({ url: 'http://own.lan' });
  });

  it('decide for token backends too', () => {
    const oauth2 = {
      grant_type: 'client_credentials',
      token_endpoint: 'https://as.lan/token',
      client_id: 'c',
      client_secret: 's',
    };
    const { oauth2: resolved } = backendOf({ oauth2 }, { ...both, NO_PROXY: 'api.example.com' });
    expect(resolved).toMatchObject({ tokenBackend: { proxy: { url: 'http://tls.lan:2' } } });
  });

  it('are a problem named by the variable, once, where one is needed and cannot be used', () => {
    const environment = { https_proxy: 'socks5://u:canary@proxy.lan', HTTP_PROXY: 'http://:canary' };
    const definitions = { a: { origin: 'https://a.lan' }, b: { origin: 'https://b.lan' } };
    const { problems } = outcomeOf(definitions, [], environment);
    expect(problems).toEqual([
      { path: 'https_proxy', message: expect.stringContaining('this environment variable must be a proxy URL') },
    ]);
    expect(JSON.stringify(problems)).not.toContain('canary');
    expect(outcomeOf(definitions, [], { ...environment, NO_PROXY: '*' }).problems).toEqual([]);
    expect(outcomeOf({}, [], environment).problems).toEqual([]);
  });

  it('name what cannot be read of NO_PROXY in one warning, where a proxy could be needed', () => {
    const definitions = { a: { origin: 'https://a.lan' }, b: { origin: 'https://b.lan' } };
    const environment = { NO_PROXY: 'a.lan, 10.0.0.0/99 http://u:canary@x.lan' };
    const { resolved } = outcomeOf(definitions, [], { ...environment, HTTPS_PROXY: 'http://proxy.lan' });
    expect(resolved?.warnings).toEqual(['NO_PROXY: cannot be read: "10.0.0.0/99", "***@x.lan"']);
    expect(outcomeOf(definitions, [], environment).resolved?.warnings).toEqual([]);
  });
});
