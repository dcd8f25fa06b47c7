import { describe, expect, it } from '@jest/globals';
import { backendOf, outcomeOf, problemsOfBackend } from './outcome.js';

const oauth2 = {
  grant_type: 'client_credentials',
  token_endpoint: 'https://as.example.com/token',
  client_id: 'shop',
  client_secret: 'hush',
};
const basicAuth = { origin: 'https://as.example.com', basic_auth: 'u:p' };
const post = { ...oauth2, token_endpoint_auth_method: 'client_secret_post' };

describe('a backend', () => {
  it.each<[object, object]>([
    [{ hostname: 'API.internal' }, { hostname: 'api.internal' }],
    [{ hostname: 'localhost' }, { hostname: 'localhost' }],
    [{ hostname: 'my_service-1.x' }, { hostname: 'my_service-1.x' }],
    [{ basic_auth: 'ü:p:ä' }, { basicAuth: 'ü:p:ä' }],
    [{ basic_auth: ':p' }, { basicAuth: ':p' }],
    [{ basic_auth: 'u:' }, { basicAuth: 'u:' }],
    [{ http2: true }, { http2: true }],
    [{ max_connections: 7 }, { maxConnections: 7 }],
    [{ max_response_header_size: 7 }, { maxHeaderSize: 7 }],
    [{ disable_connection_reuse: true }, { reuseConnections: false }],
    [{ disable_certificate_validation: true }, { validateCertificates: false }],
    [{ remove_query_params: ['a', 'ä', 'a'] }, { query: { remove: ['a', 'ä'], set: [], add: [] } }],
    [
      { set_query_params: { a: '', A: ['1', '2'] }, add_query_params: { 'x y': '\n', z: undefined } },
      {
        query: {
          set: [
            ['a', ['']],
            ['A', ['1', '2']],
          ],
          add: [['x y', ['\n']]],
        },
      },
    ],
  ])('accepts %j', (attributes, meaning) => {
    expect(backendOf(attributes)).toMatchObject(meaning);
  });

  it.each<[object, string, string]>([
    ...[
      'api.internal:8443',
      'https://api',
      '10.0.0.1',
      '1',
      '[::1]',
      'a..b',
      '.a',
      'a.',
      '-a',
      'a-',
      'a b',
      'ä',
      '',
    ].map((hostname) => [{ hostname }, 'hostname', 'must be a host name such as'] as [object, string, string]),
    [{ hostname: 'a'.repeat(64) }, 'hostname', 'must be a host name'],
    [{ hostname: `${'a.'.repeat(127)}a` }, 'hostname', 'must be a host name'],
    [{ hostname: 7 }, 'hostname', 'not a number'],
    [{ basic_auth: 'user' }, 'basic_auth', 'with a colon between the two'],
    [{ basic_auth: ':' }, 'basic_auth', 'with a colon between the two'],
    [{ basic_auth: '' }, 'basic_auth', 'is the environment variable set?'],
    [{ basic_auth: 'u:p\n' }, 'basic_auth', 'control characters'],
    [{ basic_auth: () => 'u:p' }, 'basic_auth', 'not a function'],
    [{ basic_auth: 'u:p', oauth2 }, 'basic_auth', 'does not go with "oauth2"'],
    [{ basic_auth: 'u:p', oauth2: { token() {} } }, 'basic_auth', 'does not go with "oauth2"'],
    [
      { basic_auth: 'u:p', set_request_headers: { Authorization: 'x' } },
      'set_request_headers.Authorization',
      'Authorization carries "basic_auth"',
    ],
    [{ oauth2: { ...oauth2, backend: { basic_auth: 'u:p' } } }, 'oauth2.backend.basic_auth', 'by Basic'],
    [{ http2: 'yes' }, 'http2', 'must be true or false'],
    [{ max_connections: -1 }, 'max_connections', 'a whole number of at least 0'],
    [{ max_connections: 1.5 }, 'max_connections', 'a whole number of at least 0'],
    [{ max_connections: Number.POSITIVE_INFINITY }, 'max_connections', 'a whole number of at least 0'],
    [{ max_connections: '1' }, 'max_connections', 'not a string'],
    [{ max_response_header_size: 0 }, 'max_response_header_size', 'a whole number from 1 to 16777216'],
    [{ max_response_header_size: 1.5 }, 'max_response_header_size', 'a whole number from 1 to 16777216'],
    [{ disable_connection_reuse: 1 }, 'disable_connection_reuse', 'must be true or false'],
    [{ disable_certificate_validation: null }, 'disable_certificate_validation', 'must be true or false'],
    [{ remove_query_params: 'a' }, 'remove_query_params', 'must be an array'],
    [{ remove_query_params: ['a', ''] }, 'remove_query_params[1]', 'needs a name'],
    [{ set_query_params: { '': 'x' } }, 'set_query_params[""]', 'needs a name'],
    [{ set_query_params: { a: 7 } }, 'set_query_params.a', 'must be a string, not a number'],
    [{ add_query_params: { a: [] } }, 'add_query_params.a', 'is empty'],
    [{ add_query_params: { a: '\ud800' } }, 'add_query_params.a', 'surrogate pairs'],
    [{ discovery: {} }, 'discovery', 'unknown attribute'],
    [{ http_2: true }, 'http_2', 'did you mean "http2"?'],
  ])('with %j is refused', (attributes, path, message) => {
    expect(problemsOfBackend(attributes)).toEqual([{ path: `a.${path}`, message: expect.stringContaining(message) }]);
  });

  it('may have user and password where its clients leave the header free', () => {
    const a = { origin: 'https://a', oauth2: { ...post, backend: 'as' } };
    expect(outcomeOf({ a, as: basicAuth }).problems).toEqual([]);
    expect(outcomeOf({ a: { ...a, oauth2: { ...oauth2, backend: 'as' } }, as: basicAuth }).problems).toEqual([
      { path: 'a.oauth2.backend', message: expect.stringContaining('cannot have "basic_auth": the client') },
    ]);
    const bearer = {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      token_endpoint: 'https://as.example.com/token',
      assertion: 'a.b.c',
      backend: 'as',
    };
    expect(outcomeOf({ a: { ...a, oauth2: bearer }, as: basicAuth }).problems).toEqual([]);
  });

  it('has no user and password beside a token from options.tokens', () => {
    expect(outcomeOf({ a: basicAuth }, ['a']).problems.map(({ path }) => path)).toEqual(['a.basic_auth']);
  });

  it('warns where certificates are not checked (rule 4)', () => {
    const a = { origin: 'https://a', disable_certificate_validation: true };
    expect(outcomeOf({ a, b: { origin: 'https://b' } }).resolved?.warnings).toEqual([
      "a: the server's certificate is not checked (disable_certificate_validation)",
    ]);
  });
});
