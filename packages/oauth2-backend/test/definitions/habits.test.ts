import { describe, expect, it } from '@jest/globals';
import { createBackends } from 'oauth2-backend';
import { Agent } from 'undici';
import { backendAttributes } from '../../src/definitions/attributes/backend.js';
import { habits } from '../../src/definitions/attributes/habits.js';
import { oauth2Attributes } from '../../src/definitions/attributes/oauth2.js';
import { signingAttributes } from '../../src/definitions/attributes/signing.js';
import { tlsAttributes } from '../../src/definitions/attributes/tls.js';
import { outcomeOf, problemsOfBackend, problemsOfOAuth2 } from './outcome.js';

const client = {
  grant_type: 'client_credentials',
  token_endpoint: 'https://as.example.com/token',
  client_id: 'shop',
};
const oauth2 = { ...client, client_secret: 'hush' };
const es256 = { signature_algorithm: 'ES256', ttl: '1m' };

/** What is said of a name that is unknown in each block. */
const said = {
  backend: (name: string) => problemsOfBackend({ [name]: 'x' }),
  oauth2: (name: string) => problemsOfOAuth2({ ...oauth2, [name]: 'x' }),
  tls: (name: string) => problemsOfBackend({ tls: { [name]: 'x' } }),
  jwt_signing_profile: (name: string) =>
    problemsOfOAuth2({
      ...client,
      token_endpoint_auth_method: 'private_key_jwt',
      jwt_signing_profile: { ...es256, [name]: 'x' },
    }),
};

describe('an unknown attribute, written by habit,', () => {
  it.each([
    ['backend', 'audience', 'oauth2.params.audience'],
    ['backend', 'resource', 'oauth2.params.resource'],
    ['backend', 'baseUrl', 'origin'],
    ['backend', 'baseURL', 'origin'],
    ['backend', 'base_url', 'origin'],
    ['backend', 'url', 'origin'],
    ['backend', 'prefixUrl', 'origin'],
    ['backend', 'host', 'origin'],
    ['backend', 'path', 'path_prefix'],
    ['backend', 'basePath', 'path_prefix'],
    ['backend', 'retry', 'oauth2.retries'],
    ['backend', 'retries', 'oauth2.retries'],
    ['backend', 'auth', 'basic_auth'],
    ['backend', 'headers', 'set_request_headers'],
    ['backend', 'params', 'set_query_params'],
    ['backend', 'timeoutMs', 'timeout'],
    ['backend', 'responseTimeout', 'ttfb_timeout'],
    ['backend', 'ca', 'tls.server_ca_certificate'],
    ['backend', 'cert', 'tls.client_certificate'],
    ['backend', 'key', 'tls.client_private_key'],
    ['backend', 'server_ca_certificate', 'tls.server_ca_certificate'],
    ['backend', 'rejectUnauthorized', 'disable_certificate_validation'],
    ['backend', 'keepAlive', 'disable_connection_reuse'],
    ['backend', 'allowH2', 'http2'],
    ['backend', 'scopes', 'oauth2.scope'],
    ['backend', 'clientId', 'oauth2.client_id'],
    ['backend', 'client_secret', 'oauth2.client_secret'],
    ['backend', 'tokenEndpoint', 'oauth2.token_endpoint'],
    ['oauth2', 'audience', 'params.audience'],
    ['oauth2', 'resource', 'params.resource'],
    ['oauth2', 'extraParams', 'params'],
    ['oauth2', 'url', 'token_endpoint'],
    ['oauth2', 'tokenUrl', 'token_endpoint'],
    ['oauth2', 'token_url', 'token_endpoint'],
    ['oauth2', 'token_uri', 'token_endpoint'],
    ['oauth2', 'accessTokenUri', 'token_endpoint'],
    ['oauth2', 'tokenHost', 'token_endpoint'],
    ['oauth2', 'secret', 'client_secret'],
    ['oauth2', 'scopes', 'scope'],
    ['oauth2', 'grant', 'grant_type'],
    ['oauth2', 'authMethod', 'token_endpoint_auth_method'],
    ['oauth2', 'auth', 'token_endpoint_auth_method'],
    ['oauth2', 'retry', 'retries'],
    ['oauth2', 'maxRetries', 'retries'],
    ['oauth2', 'leeway', 'renew_before'],
    ['oauth2', 'ttl', 'default_ttl'],
    ['oauth2', 'authority', 'issuer'],
    ['oauth2', 'headers', 'backend.set_request_headers'],
    ['oauth2', 'timeout', 'backend.timeout'],
    ['oauth2', 'connectTimeout', 'backend.connect_timeout'],
    ['oauth2', 'proxy', 'backend.proxy'],
    ['oauth2', 'ca', 'backend.tls'],
    ['oauth2', 'agent', 'backend.tls'],
    ['oauth2', 'key', 'jwt_signing_profile.key'],
    ['oauth2', 'private_key', 'jwt_signing_profile.key'],
    ['oauth2', 'kid', 'jwt_signing_profile.headers.kid'],
    ['oauth2', 'alg', 'jwt_signing_profile.signature_algorithm'],
    ['oauth2', 'claims', 'jwt_signing_profile.claims'],
    ['tls', 'ca', 'server_ca_certificate'],
    ['tls', 'ca_file', 'server_ca_certificate_file'],
    ['tls', 'cert', 'client_certificate'],
    ['tls', 'key', 'client_private_key'],
    ['tls', 'certFile', 'client_certificate_file'],
    ['jwt_signing_profile', 'alg', 'signature_algorithm'],
    ['jwt_signing_profile', 'private_key', 'key'],
    ['jwt_signing_profile', 'kid', 'headers.kid'],
    ['jwt_signing_profile', 'aud', 'claims.aud'],
    ['jwt_signing_profile', 'expiresIn', 'ttl'],
    ['jwt_signing_profile', 'passphrase', 'key_passphrase'],
  ] as const)('in %s: %s names %s', (block, name, target) => {
    expect(said[block](name)).toContainEqual({
      path: expect.stringMatching(new RegExp(`\\.${name}$`)),
      message: `unknown attribute; use "${target}"`,
    });
  });

  it.each([
    ['backend', 'log', 'it is an option in code, "logger" beside the definitions'],
    ['backend', 'logger', 'it is an option in code, "logger" beside the definitions'],
    ['oauth2', 'cache', 'it is an option in code, "store" beside the definitions'],
    ['oauth2', 'redis', 'it is an option in code, "store" beside the definitions'],
    ['backend', 'agent', 'connections are the library\'s: "proxy", "tls", "max_connections" shape them'],
    ['backend', 'token', 'a token that is there already is given in code, "oauth2: staticToken(…)"'],
    ['oauth2', 'client', '"client_id" and "client_secret" stand in this block'],
    ['oauth2', 'token_header', 'it stands beside "oauth2"'],
    ['oauth2', 'redirect_uri', 'no user logs in here: a grant needs no authorization endpoint'],
    ['tls', 'passphrase', 'the key must not be encrypted'],
    // A name that is nearly right is a slip of the pen.
    ['oauth2', 'clientSecret', 'did you mean "client_secret"?'],
    ['backend', 'orgin', 'did you mean "origin"?'],
  ] as const)('in %s: %s says what to do instead', (block, name, advice) => {
    expect(said[block](name)).toContainEqual(expect.objectContaining({ message: `unknown attribute; ${advice}` }));
  });

  it('is found in a token backend as in any other', () => {
    expect(problemsOfOAuth2({ ...oauth2, backend: { headers: {} } })).toEqual([
      { path: 'a.oauth2.backend.headers', message: 'unknown attribute; use "set_request_headers"' },
    ]);
  });

  it.each(['constructor', '__proto__', 'toString', 'x'.repeat(100_000)])('says nothing of %.20s', (name) => {
    const block = JSON.parse(`{${JSON.stringify(name)}: 1}`) as object;
    expect(problemsOfBackend(block).map(({ message }) => message)).toEqual(['unknown attribute']);
  });
});

describe('an unknown option, written by habit,', () => {
  it.each([
    ['log', 'use "logger"'],
    ['redis', 'use "store"'],
    ['agent', 'use "dispatcher"'],
    ['timeout', 'it belongs to each backend, in the definitions'],
    ['loger', 'did you mean "logger"?'],
  ])('%s: %s', (name, advice) => {
    expect(() => createBackends({ a: { origin: 'https://a.example' } }, { [name]: {} })).toThrow(
      `configuration refused: ${name}: is no option; ${advice}`,
    );
  });
});

describe('definitions, written by habit,', () => {
  it('as one backend without a name', () => {
    expect(outcomeOf({ oauth2, origin: 'https://api.example.com' }).problems).toEqual([
      { path: '', message: 'this is one backend without a name; give it one: { billing: { origin: … } }' },
    ]);
  });

  it.each([
    ['logger', console],
    ['logger', { debug() {}, info() {}, warn() {}, error() {} }],
    ['store', new (class Store {})()],
    ['dispatcher', new Agent()],
    ['clock', { now: Date.now, monotonic: Date.now }],
  ])('with the option %s among the backends', (name, value) => {
    expect(outcomeOf({ a: { origin: 'https://api.example.com' }, [name]: value }).problems).toEqual([
      { path: name, message: `is an option in code, not a backend: (definitions, { ${name} })` },
    ]);
  });

  it('with a backend that has the name of an option', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    class Definition {
      readonly origin = 'https://api.example.com';
    }
    expect(outcomeOf({ store: new Definition(), clock: { origin: 'https://api.example.com' } }).problems).toEqual([]);
    expect(outcomeOf({ store: { orgin: 'x' } }).problems).toHaveLength(2);
    expect(outcomeOf({ logger: proxy }).problems.map(({ path }) => path)).toContain('logger');
  });

  it.each(['https://api.example.com/v1', 'https://api.example.com/v1/?x'])(
    'with a path in the origin: %s',
    (origin) => {
      const [problem] = problemsOfBackend({ origin });
      expect(problem?.message).toMatch(/; the path goes into "path_prefix"$/);
    },
  );
});

describe('the habits', () => {
  const known = {
    backend: Object.keys(backendAttributes),
    oauth2: Object.keys(oauth2Attributes),
    tls: Object.keys(tlsAttributes),
    jwt_signing_profile: Object.keys(signingAttributes),
    options: ['logger', 'tokens', 'dispatcher', 'clock', 'store', 'maxIdentities', 'newIdentitiesPerSecond'],
  };
  const inside: Readonly<Record<string, readonly string[]>> = { ...known, params: ['audience', 'resource'] };
  const free = ['claims', 'headers'];

  it.each(Object.keys(habits) as (keyof typeof habits)[])('of %s name what there is', (block) => {
    const targets = Object.keys(habits[block]).filter((advice) => /^[\w.]+$/.test(advice));
    const missing = targets.filter((target) => {
      const [first = '', ...rest] = target.split('.');
      if (!known[block].includes(first)) return true;
      let at = first;
      return rest.some((name) => {
        const there = free.includes(at) || inside[at]?.includes(name);
        at = name;
        return !there;
      });
    });
    expect(missing).toEqual([]);
  });

  it.each(Object.keys(habits) as (keyof typeof habits)[])('of %s mean one thing each, and nothing known', (block) => {
    const plain = (name: string) => name.toLowerCase().replaceAll('_', '');
    const words = Object.values(habits[block]).flatMap((names) => names.split(' ').map(plain));
    expect(words).toEqual([...new Set(words)]);
    const names = new Set(known[block].map(plain));
    expect(words.filter((word) => names.has(word))).toEqual([]);
  });
});
