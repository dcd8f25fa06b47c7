/** Values of attributes, right ones and wrong ones: each is for schema and run time to judge alike. */

const OAUTH2 = {
  grant_type: 'client_credentials',
  token_endpoint: 'https://as.example.com/token',
  client_id: 'shop',
  client_secret: 'secret',
};
const EXCHANGE = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  token_endpoint: 'https://as.example.com/token',
};

const durations = ['1s', '1m30s', '1.5h', '500ms', '10', 10, '', '1s1m', '-1s', '1 s', '1S', '.5s', 's'];
const headers = [
  { a: 'b' },
  { a: ['b', 'c'] },
  { a: [] },
  { 'a b': 'c' },
  { a: 1 },
  { a: 'b\n' },
  { a: 'é' },
  { a: '€' },
  [],
  'a',
];

const connection: Readonly<Record<string, readonly unknown[]>> = {
  origin: [
    'https://a',
    'HTTP://localhost:1/',
    'https://a/b',
    'https://u@a',
    'a',
    '',
    'ftp://a',
    'https://a?b',
    'https://a b',
    1,
  ],
  path_prefix: ['/v1', '/', 'v1', '//v1', '/v1?a', '/v1#a', '', '/a b', 1],
  hostname: ['a.example.com', 'a_b', 'a.example.com:1', '', '-a', 1],
  basic_auth: ['u:p', ':p', 'u:', ':', 'u', 'u:p:q', '', 'u:p\n', 1],
  connect_timeout: [...durations, '0s'],
  ttfb_timeout: [...durations, '0s'],
  timeout: [...durations, '0s'],
  proxy: ['http://p:1', 'https://u:p@p', 'socks://p', 'p:1', 'http://p/a', '', 1],
  http2: [true, 'true', 1],
  max_connections: [0, 10, -1, 1.5, '1'],
  disable_connection_reuse: [true, 0],
  disable_certificate_validation: [false, 'no'],
  remove_request_headers: [['a'], [], ['a b'], [1], 'a'],
  set_request_headers: headers,
  add_request_headers: headers,
  forward_headers: [['x-request-id'], [], ['a b'], 'a'],
  remove_query_params: [['a'], [''], [1], 'a'],
  set_query_params: [{ a: 'b' }, { a: ['b'] }, { a: [] }, { '': 'a' }, { a: 1 }, { 'a b': 'c\n' }],
  add_query_params: [{ a: '' }, { a: null }],
  max_response_header_size: [1, 65_536, 16_777_216, 0, 16_777_217, '1'],
  abort_on_disconnect: ['safe', true, false, 'Safe', 1],
  allow_http: [true, 'true'],
};

const oauth2: Readonly<Record<string, readonly unknown[]>> = {
  grant_type: ['client_credentials', 'client_credential', '', 1],
  token_endpoint: [
    'https://as/t',
    'https://as/t?a=b',
    'https://as',
    'https://as/t#a',
    'https://u@as/t',
    'as/t',
    '',
    '//as/t',
    1,
  ],
  client_id: ['shop', 'é', '', 'a\n', 1],
  client_secret: ['x', '€', '', 'a\t', 1],
  scope: ['a', 'a b', '', 'a  b', ' a', 'a"', 'é', 1],
  retries: [0, 255, 256, -1, 1.5, '1'],
  refused_statuses: [[401], [401, 404], [], [500], 401],
  step_up: [{ scopes: ['a'] }, { scopes: [] }, { scopes: ['a b'] }, { claims: true }, { claims: 'x' }],
  params: [{ audience: 'a' }, { a: ['b', 'c'] }, { a: '' }, { a: [] }, { '': 'a' }, { a: 1 }],
  issuer: ['https://as', 'https://as/a/', 'https://as?a', 'as', 1],
  default_ttl: [...durations, '0s', '0.0s'],
  renew_before: ['25%', '0.5%', '90%', '90.0%', '91%', '0%', '100%', '30s', '0s', '25', 25, '%', '5 %'],
  bearer_token_types: [['a b'], [], [' '], [''], 'a'],
  basic_encoding: ['form', 'raw', 'x'],
  allow_http: [false, 0],
};

const exchange: Readonly<Record<string, readonly unknown[]>> = {
  subject_token_type: ['urn:x:y', 'https://a', 'jwt', '', 1],
  requested_token_type: ['urn:x:y', 'a b:c'],
};

/** Gives each with the definitions that have it. */
export const valueSamples: readonly { readonly name: string; readonly definitions: unknown }[] = [
  ...each(connection, (value) => ({ a: { origin: 'https://a', ...value } })),
  ...each(oauth2, (value) => ({ a: { origin: 'https://a', oauth2: { ...OAUTH2, ...value } } })),
  ...each(exchange, (value) => ({ a: { origin: 'https://a', oauth2: { ...EXCHANGE, ...value } } })),
];

function each(table: Readonly<Record<string, readonly unknown[]>>, definitions: (value: object) => unknown) {
  return Object.entries(table).flatMap(([name, values]) =>
    values.map((value) => ({ name: `${name}: ${JSON.stringify(value)}`, definitions: definitions({ [name]: value }) })),
  );
}
