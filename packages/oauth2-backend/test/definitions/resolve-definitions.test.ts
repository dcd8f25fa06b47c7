/** What a configuration means, and that it is read once, copied and frozen. */

import { describe, expect, it } from '@jest/globals';
import type { BackendDefinitions } from '../../src/definitions/definition.js';
import { resolveDefinitions } from '../../src/definitions/resolve/definitions.js';
import type { ResolvedBackend, ResolvedOAuth2 } from '../../src/definitions/resolved.js';
import type { TokenSource } from '../../src/token.js';
import { countingReads } from './counting-reads.js';
import { unfrozen } from './unfrozen.js';

const oauth2 = {
  grant_type: 'client_credentials',
  token_endpoint: 'https://as.example.com/token',
  client_id: 'shop',
  client_secret: 'hush',
} as const;

function backend(definitions: BackendDefinitions, name = 'api'): ResolvedBackend {
  const found = resolveDefinitions(definitions, [], {}).backends.find((each) => each.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

function block(definitions: BackendDefinitions, name?: string): ResolvedOAuth2 {
  const { oauth2: found } = backend(definitions, name);
  if (!found || 'token' in found) throw new Error('no block');
  return found;
}

describe('resolveDefinitions(definitions, tokenNames)', () => {
  it('fills in what is not configured', () => {
    const api = {
      name: 'api',
      origin: 'https://api.example.com',
      pathPrefix: '',
      timeouts: { connect: 10_000, ttfb: 60_000, total: 300_000 },
      explicitTimeout: false,
      tls: {},
      http2: false,
      maxConnections: 0,
      maxHeaderSize: 65_536,
      reuseConnections: true,
      validateCertificates: true,
      headers: { remove: [], set: [], add: [] },
      query: { remove: [], set: [], add: [] },
      forwardHeaders: [],
      abortOnDisconnect: 'safe',
    };
    expect(resolveDefinitions({ api: { origin: 'https://api.example.com', oauth2 } }, [], {})).toEqual({
      backends: [
        {
          ...api,
          oauth2: {
            grantType: 'client_credentials',
            tokenEndpoint: 'https://as.example.com/token',
            clientAuth: 'client_secret_basic',
            clientId: 'shop',
            clientSecret: 'hush',
            params: [],
            retries: 1,
            refusedStatuses: [401],
            defaultTtl: 300_000,
            explicitTtl: false,
            renewBefore: { fraction: 0.25 },
            basicEncoding: 'form',
            tokenBackend: { ...api, name: 'api.oauth2.backend', origin: 'https://as.example.com' },
          },
        },
      ],
      warnings: [],
    });
  });

  it('takes over what is configured', () => {
    const secret = () => 'hush';
    const api = backend({
      api: {
        origin: 'HTTPS://API.example.com:443/',
        path_prefix: '/v1/ä/',
        connect_timeout: '500ms',
        ttfb_timeout: '0s',
        timeout: '1m30s',
        remove_request_headers: ['Accept-Language'],
        set_request_headers: { 'X-One': 'a', __proto__x: '' },
        add_request_headers: { 'X-Two': ['b', 'c'], 'X-Absent': undefined },
        abort_on_disconnect: false,
        oauth2: {
          ...oauth2,
          token_endpoint_auth_method: 'client_secret_post',
          client_secret: secret,
          scope: 'read write',
          retries: 0,
          refused_statuses: [403, 401, 403],
          step_up: { scopes: ['write', 'write'] },
          params: { resource: ['https://a', 'https://b'], audience: 'x' },
          default_ttl: '1h',
          renew_before: '30s',
          basic_encoding: 'raw',
        },
      },
    });
    expect(api).toMatchObject({
      origin: 'https://api.example.com',
      pathPrefix: '/v1/%C3%A4',
      timeouts: { connect: 500, ttfb: 0, total: 90_000 },
      explicitTimeout: true,
      headers: {
        remove: ['accept-language'],
        set: [
          ['x-one', ['a']],
          ['__proto__x', ['']],
        ],
        add: [['x-two', ['b', 'c']]],
      },
      abortOnDisconnect: false,
      oauth2: {
        clientAuth: 'client_secret_post',
        clientSecret: secret,
        scope: 'read write',
        retries: 0,
        refusedStatuses: [403, 401],
        stepUp: { scopes: ['write'], claims: false },
        params: [
          ['resource', ['https://a', 'https://b']],
          ['audience', ['x']],
        ],
        defaultTtl: 3_600_000,
        renewBefore: { milliseconds: 30_000 },
        basicEncoding: 'raw',
      },
    });
  });

  it.each<[string | string[], boolean]>([
    ['https://a', false],
    [['urn:a:b', 'https://b/c?d'], false],
    ['00000002-0000-0000-c000-000000000000', true],
    [['urn:a:b', 'a', '/b'], true],
    ['https://a#b', true],
  ])('takes %j as params.resource; warns where it is no URI: %s', (resource, warns) => {
    const api = { origin: 'https://api.example.com', oauth2: { ...oauth2, params: { resource } } };
    const { backends, warnings } = resolveDefinitions({ api }, [], {});
    expect(backends[0]?.oauth2).toMatchObject({ params: [['resource', [resource].flat()]] });
    const warning = 'api.oauth2.params.resource: is no absolute URI without fragment (RFC 8707 §2)';
    expect(warnings).toEqual(warns ? [warning] : []);
  });

  it('takes what JSON.parse gives, and backends without oauth2 over http', () => {
    const text = JSON.stringify({
      api: { origin: 'https://api.example.com', oauth2 },
      plain: { origin: 'http://a.lan' },
    });
    expect(resolveDefinitions(JSON.parse(text), []).backends.map(({ name }) => name)).toEqual(['api', 'plain']);
    expect(resolveDefinitions(JSON.parse(text), []).warnings).toEqual([]);
  });

  it('keeps the token endpoint to the letter, its query too (rule 5)', () => {
    const endpoint = 'HTTPS://As.example.com:443/a//token/?tenant=ä';
    const { tokenEndpoint, tokenBackend } = block({
      api: { origin: 'https://a', oauth2: { ...oauth2, token_endpoint: endpoint } },
    });
    expect(tokenEndpoint).toBe(endpoint);
    expect(tokenBackend.origin).toBe('https://as.example.com');
  });

  it('takes an empty scope for none (rule 7)', () => {
    expect(block({ api: { origin: 'https://a', oauth2: { ...oauth2, scope: '' } } })).not.toHaveProperty('scope');
  });

  it.each(['http://localhost:1', 'http://x.localhost', 'http://127.1.2.3:80', 'http://[::1]:9', 'http://127.1'])(
    'lets tokens and secrets go to %s',
    (origin) => {
      const definitions = { api: { origin, oauth2: { ...oauth2, token_endpoint: `${origin}/token` } } };
      expect(resolveDefinitions(definitions, []).warnings).toEqual([]);
    },
  );

  it('warns of plain http that is allowed, once each (rules 3 and 103)', () => {
    const api = {
      origin: 'http://api.lan',
      allow_http: true,
      oauth2: { ...oauth2, token_endpoint: 'http://as.lan/token?key=canary', allow_http: true },
    };
    expect(resolveDefinitions({ api }, []).warnings).toEqual([
      'api: tokens go over plain http to http://api.lan (allow_http)',
      'api.oauth2: client credentials go over plain http to http://as.lan (allow_http)',
    ]);
  });

  it('hands a token source through untouched', () => {
    class Source implements TokenSource {
      token = Source.prototype.give;
      give(): Promise<never> {
        return Promise.reject(new Error('unused'));
      }
    }
    const source = new Source();
    expect(backend({ api: { origin: 'https://a', oauth2: source } }).source).toBe(source);
    expect(Object.isFrozen(source)).toBe(false);
  });

  it('needs no secret where another source gives the tokens', () => {
    const api = { origin: 'https://a', oauth2: { ...oauth2, client_secret: undefined } };
    expect(resolveDefinitions({ api }, ['api']).backends[0]?.oauth2).toMatchObject({ clientSecret: '' });
  });

  describe('token backends', () => {
    it('refers to another backend, which is the same object', () => {
      const { backends } = resolveDefinitions(
        {
          api: { origin: 'https://a', oauth2: { ...oauth2, token_endpoint: '/token?x=1', backend: 'as' } },
          as: { origin: 'https://as.example.com', path_prefix: '/tenant' },
        },
        [],
      );
      expect(backends[0]?.oauth2).toMatchObject({ tokenEndpoint: 'https://as.example.com/tenant/token?x=1' });
      const oauth2OfFirst = backends[0]?.oauth2;
      expect(oauth2OfFirst && 'tokenBackend' in oauth2OfFirst && oauth2OfFirst.tokenBackend).toBe(backends[1]);
    });

    it('takes the origin of the token endpoint for a definition without one', () => {
      const { tokenBackend } = block({
        api: { origin: 'https://a', oauth2: { ...oauth2, backend: { timeout: '3s' } } },
      });
      expect(tokenBackend).toMatchObject({
        name: 'api.oauth2.backend',
        origin: 'https://as.example.com',
        timeouts: { total: 3000 },
        explicitTimeout: true,
      });
    });

    it('may have tokens of its own when the client does not authenticate by Basic', () => {
      const post = { ...oauth2, token_endpoint_auth_method: 'client_secret_post' } as const;
      const { tokenBackend } = block({
        api: { origin: 'https://a', oauth2: { ...post, backend: { oauth2: { ...oauth2, backend: 'as' } } } },
        as: { origin: 'https://as.example.com' },
      });
      expect(tokenBackend.oauth2).toMatchObject({ tokenBackend: { name: 'as' } });
    });
  });

  it('gives a deeply frozen copy and leaves the definitions alone', () => {
    const definitions = {
      api: {
        origin: 'https://a',
        set_request_headers: { a: ['b'] },
        remove_request_headers: ['c'],
        oauth2: { ...oauth2, params: { audience: ['x'] } },
      },
    };
    const before = structuredClone(definitions);
    const resolved = resolveDefinitions(definitions, []);
    expect(unfrozen(resolved)).toEqual([]);
    expect(definitions).toEqual(before);
    expect(unfrozen(definitions)).toContain('.api.oauth2.params.audience');
    definitions.api.oauth2.params.audience.push('y');
    definitions.api.set_request_headers.a.push('y');
    expect(JSON.stringify(resolved)).not.toContain('"y"');
  });

  it('reads each member once', () => {
    const reads = new Map<string, number>();
    const definitions = countingReads(
      {
        as: { origin: 'https://as.example.com', timeout: '1s' },
        api: {
          origin: 'https://a',
          remove_request_headers: ['b', 'c'],
          add_request_headers: { d: ['e', 'f'] },
          oauth2: { ...oauth2, backend: 'as', params: { audience: ['x', 'y'] } },
        },
        other: { origin: 'https://a', oauth2: { ...oauth2, backend: { timeout: '1s' } } },
      },
      reads,
    );
    expect(resolveDefinitions(definitions, []).backends).toHaveLength(3);
    expect(reads.get('.api.oauth2.params.audience.0')).toBe(1);
    expect([...reads].filter(([, count]) => count > 1)).toEqual([]);
  });
});
