/**
 * Definitions that are refused, as an application writes them. `// here` marks the line of the compiler's error; without it
 * that is the first line. Names in capitals are those of `evaluated-definitions.ts`.
 */

import type { DefinitionCase } from './definition-case.js';

const CLIENT = `token_endpoint: 'https://as.example.com/token', client_id: 'shop'`;
const SECRET = `${CLIENT}, client_secret: 'secret'`;
const CREDENTIALS = `grant_type: 'client_credentials', ${SECRET}`;
const PASSWORD = `grant_type: 'password', ${SECRET}, username: 'u', password: 'p'`;
const BEARER = `grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', token_endpoint: 'https://as.example.com/token'`;
const EXCHANGE = `grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', token_endpoint: 'https://as.example.com/token'`;
const SIGNED = `grant_type: 'client_credentials', ${CLIENT}, token_endpoint_auth_method: 'private_key_jwt'`;
const SHARED = `${CREDENTIALS}, token_endpoint_auth_method: 'client_secret_jwt'`;

const backend = (text: string) => `{ a: { origin: 'https://api.example.com',\n${text}\n} }`;
const oauth2 = (text: string) => backend(`oauth2: {\n${text}\n}`);
const profile = (text: string, role = SIGNED) => oauth2(`${role},\njwt_signing_profile: {\n${text}\n}`);
const tokenBackend = (text: string, role = CREDENTIALS) => oauth2(`${role},\nbackend: {\n${text}\n}`);

/** Gives a table's row: what is wrong, the text, what the error says. */
const row = (name: string, text: string, says: string): DefinitionCase => ({
  name,
  text,
  strictOnly: name.endsWith('(strict)'),
  schemaless: says.startsWith('no backend'),
  says,
});
const unknown = (name: string, near?: string) => `${name} is no attribute of ${near === undefined ? '' : near}`;
const missing = (name: string) => `Property '${name}' is missing`;
const grant = (name: string) => `${name} does not go with grant_type `;
const method = (name: string) => `${name} does not go with token_endpoint_auth_method `;

const variable = (name: string, text: string, says: string): DefinitionCase => ({
  ...row(name, `(() => { const definitions = ${text}; return definitions; })()`, says),
  variable: true,
});

export const wrongDefinitions: readonly DefinitionCase[] = [
  row('unknown: of a backend', backend(`prefix: '/v1' // here`), unknown('prefix', 'a backend')),
  row('unknown: a slip', backend(`timeouts: '10s' // here`), '; did you mean timeout?'),
  row('unknown: camelCase', backend(`pathPrefix: '/v1' // here`), '; did you mean path_prefix?'),
  row('unknown: of oauth2', oauth2(`${CREDENTIALS},\naudience: 'x' // here`), unknown('audience', 'oauth2')),
  row(
    'unknown: beside functions',
    oauth2(`${CLIENT}, grant_type: 'client_credentials', client_secret: () => 'x',\nscopee: 'x' // here`),
    '; did you mean scope?',
  ),
  row('unknown: of tls', backend(`tls: {\nca: 'x' // here\n}`), unknown('ca', 'tls')),
  row(
    'unknown: of step_up',
    oauth2(`${CREDENTIALS}, step_up: { claims: true,\nscope: ['x'] // here\n}`),
    '; did you mean scopes?',
  ),
  row(
    'unknown: of a signing profile',
    profile(`signature_algorithm: 'RS256', key_file: FILE, ttl: '1m',\nkid: 'x' // here`),
    unknown('kid', 'jwt_signing_profile'),
  ),
  row('unknown: of a token backend', tokenBackend(`proxi: 'http://p' // here`), unknown('proxi', 'a token backend')),
  row('unknown: of tls of a token backend', tokenBackend(`tls: {\ncert: 'x' // here\n}`), unknown('cert', 'tls')),
  row(
    'unknown: of oauth2 of a token backend',
    tokenBackend(
      `oauth2: { ${CREDENTIALS},\nscop: 'x' // here\n}`,
      `grant_type: 'client_credentials', ${SECRET}, token_endpoint_auth_method: 'client_secret_post'`,
    ),
    '; did you mean scope?',
  ),
  row(
    'unknown: in the second backend',
    `{ a: { origin: 'https://a' }, b: { origin: 'https://b',\nurl: 'x' // here\n} }`,
    unknown('url', 'a backend'),
  ),
  row(
    'unknown: forward_headers of a token backend',
    tokenBackend(`forward_headers: ['x-request-id'] // here`),
    'forward_headers',
  ),
  row('a name that starts with a digit', `{\n'1a': { origin: 'https://a' } // here\n}`, '1a is no name for a backend'),
  row('a name that is promised', `{\nthen: { origin: 'https://a' } // here\n}`, 'then is no name for a backend'),
  row('a name with a dot', `{\n'a.b': { origin: 'https://a' } // here\n}`, 'a.b is no name for a backend'),

  row('missing: origin', `{\na: { timeout: '1s' } // here\n}`, missing('origin')),
  row('missing: all', `{\na: {} // here\n}`, missing('origin')),
  row('missing: grant_type', backend(`oauth2: { ${SECRET} } // here`), missing('grant_type')),
  row(
    'missing: token_endpoint',
    backend(`oauth2: { grant_type: 'client_credentials', client_id: 'shop', client_secret: 'x' } // here`),
    missing('token_endpoint'),
  ),
  row(
    'missing: client_id',
    backend(`oauth2: { grant_type: 'client_credentials', token_endpoint: 'https://as/t', client_secret: 'x' } // here`),
    missing('client_id'),
  ),
  row(
    'missing: client_secret',
    backend(`oauth2: { grant_type: 'client_credentials', ${CLIENT} } // here`),
    missing('client_secret'),
  ),
  row(
    'missing: client_secret of a post',
    backend(
      `oauth2: { grant_type: 'client_credentials', ${CLIENT}, token_endpoint_auth_method: 'client_secret_post' } // here`,
    ),
    missing('client_secret'),
  ),
  row(
    'missing: client_secret of a named client',
    backend(`oauth2: { ${BEARER}, assertion: 'a', client_id: 'shop' } // here`),
    missing('client_secret'),
  ),
  row(
    'missing: username',
    backend(`oauth2: { grant_type: 'password', ${SECRET}, password: 'p' } // here`),
    missing('username'),
  ),
  row(
    'missing: password',
    backend(`oauth2: { grant_type: 'password', ${SECRET}, username: 'u' } // here`),
    missing('password'),
  ),
  row('missing: assertion', backend(`oauth2: { ${BEARER} } // here`), missing('assertion')),
  row(
    "missing: assertion beside the client's profile",
    backend(
      `oauth2: { ${BEARER}, client_id: 'shop', token_endpoint_auth_method: 'private_key_jwt', jwt_signing_profile: { signature_algorithm: 'RS256', key_file: FILE, ttl: '1m' } } // here`,
    ),
    missing('assertion'),
  ),
  row(
    'missing: jwt_signing_profile of private_key_jwt',
    backend(`oauth2: { ${SIGNED} } // here`),
    missing('jwt_signing_profile'),
  ),
  row(
    'missing: jwt_signing_profile of client_secret_jwt',
    backend(`oauth2: { ${SHARED} } // here`),
    missing('jwt_signing_profile'),
  ),
  row(
    'missing: signature_algorithm',
    oauth2(`${SIGNED},\njwt_signing_profile: { key_file: FILE, ttl: '1m' } // here`),
    missing('signature_algorithm'),
  ),
  row(
    'missing: ttl',
    oauth2(`${SIGNED},\njwt_signing_profile: { signature_algorithm: 'RS256', key_file: FILE } // here`),
    missing('ttl'),
  ),
  row(
    'missing: key',
    oauth2(`${SIGNED},\njwt_signing_profile: { signature_algorithm: 'RS256', ttl: '1m' } // here`),
    missing('key'),
  ),
  row(
    'missing: key of an assertion',
    oauth2(`${BEARER},\njwt_signing_profile: { signature_algorithm: 'HS256', ttl: '1m' } // here`),
    missing('key'),
  ),
  row(
    'missing: actor_token_type',
    backend(`oauth2: { ${EXCHANGE}, actor_token: 'a' } // here`),
    missing('actor_token_type'),
  ),
  row(
    'missing: actor_token',
    backend(`oauth2: { ${EXCHANGE}, actor_token_type: 'urn:x:y' } // here`),
    missing('actor_token'),
  ),
  row(
    'missing: subject_token',
    backend(`oauth2: { ${EXCHANGE}, require_verified_subject: true } // here`),
    missing('subject_token'),
  ),
  row(
    'missing: client_private_key',
    backend(`tls: { client_certificate: 'x' } // here`),
    missing('client_private_key'),
  ),
  row(
    'missing: client_certificate',
    backend(`tls: { client_private_key: 'x' } // here`),
    missing('client_certificate'),
  ),
  row('missing: scopes', oauth2(`${CREDENTIALS},\nstep_up: {} // here`), missing('scopes')),
  row(
    'missing: scopes beside no claims',
    oauth2(`${CREDENTIALS},\nstep_up: { claims: false } // here`),
    missing('scopes'),
  ),
  row(
    'missing: backend for a path',
    backend(
      `oauth2: { grant_type: 'client_credentials', token_endpoint: '/token', client_id: 'shop', client_secret: 'x' } // here`,
    ),
    missing('backend'),
  ),
  row(
    'missing: origin for a path',
    oauth2(
      `grant_type: 'client_credentials', token_endpoint: '/token', client_id: 'shop', client_secret: 'x',\nbackend: {} // here`,
    ),
    missing('origin'),
  ),
  row(
    'missing: in a token backend',
    tokenBackend(
      `oauth2: { grant_type: 'client_credentials', ${CLIENT} } // here`,
      `${CREDENTIALS}, token_endpoint_auth_method: 'client_secret_post'`,
    ),
    missing('client_secret'),
  ),

  row('grant: username', oauth2(`${CREDENTIALS},\nusername: 'u' // here`), `${grant('username')}client_credentials`),
  row('grant: password_file', oauth2(`${CREDENTIALS},\npassword_file: FILE // here`), grant('password_file')),
  row('grant: assertion', oauth2(`${CREDENTIALS},\nassertion: 'x' // here`), grant('assertion')),
  row('grant: assertion of a user', oauth2(`${PASSWORD},\nassertion: 'x' // here`), `${grant('assertion')}password`),
  row('grant: subject', oauth2(`${PASSWORD},\nsubject: () => 'x' // here`), grant('subject')),
  row(
    'grant: subject_token',
    oauth2(`${BEARER}, assertion: 'x',\nsubject_token: () => 'x' // here`),
    grant('subject_token'),
  ),
  row(
    'grant: subject_token_type',
    oauth2(`${CREDENTIALS},\nsubject_token_type: 'urn:x:y' // here`),
    grant('subject_token_type'),
  ),
  row(
    'grant: require_verified_subject',
    oauth2(`${PASSWORD},\nrequire_verified_subject: false // here`),
    grant('require_verified_subject'),
  ),
  row(
    'grant: requested_token_type',
    oauth2(`${CREDENTIALS},\nrequested_token_type: 'urn:x:y' // here`),
    grant('requested_token_type'),
  ),
  row('grant: username of an exchange', oauth2(`${EXCHANGE},\nusername: 'u' // here`), grant('username')),
  row(
    'grant: none',
    oauth2(`grant_type: 'client_credentials', ${CLIENT},\ntoken_endpoint_auth_method: 'none' // here`),
    'token_endpoint_auth_method none does not go with grant_type client_credentials',
  ),
  row(
    'grant: a profile that does nothing',
    oauth2(`${CREDENTIALS},\njwt_signing_profile: { signature_algorithm: 'RS256', key_file: FILE, ttl: '1m' } // here`),
    'jwt_signing_profile does nothing here',
  ),
  row(
    'grant: a profile beside an assertion',
    oauth2(
      `${BEARER}, assertion: 'x',\njwt_signing_profile: { signature_algorithm: 'HS256', key: 'x', ttl: '1m' } // here`,
    ),
    'jwt_signing_profile does nothing here',
  ),
  row(
    'grant: subject of a string',
    oauth2(`${BEARER}, assertion: 'x',\nsubject: () => 'x' // here`),
    'subject does nothing',
  ),

  row(
    'method: client_secret',
    oauth2(
      `${SIGNED}, jwt_signing_profile: { signature_algorithm: 'RS256', key_file: FILE, ttl: '1m' },\nclient_secret: 'x' // here`,
    ),
    `${method('client_secret')}private_key_jwt`,
  ),
  row(
    'method: client_secret of a public client',
    oauth2(
      `${PASSWORD.replace(", client_secret: 'secret'", '')}, token_endpoint_auth_method: 'none',\nclient_secret: 'x' // here`,
    ),
    `${method('client_secret')}none`,
  ),
  row(
    'method: client_secret_file',
    oauth2(
      `${BEARER}, assertion: 'x', client_id: 'shop', token_endpoint_auth_method: 'none',\nclient_secret_file: FILE // here`,
    ),
    method('client_secret_file'),
  ),
  row(
    'method: one that is none',
    oauth2(`${CREDENTIALS},\ntoken_endpoint_auth_method: 'client_secret_basicc' // here`),
    `'"client_secret_basicc"' is not assignable`,
  ),
  row(
    'method: of no client',
    oauth2(`${BEARER}, assertion: 'x',\ntoken_endpoint_auth_method: 'client_secret_post' // here`),
    'needs client_id',
  ),
  row(
    'method: client_secret of no client',
    oauth2(`${EXCHANGE},\nclient_secret: 'x' // here`),
    'client_secret needs client_id',
  ),
  row(
    'method: HS256 with private_key_jwt',
    profile(`key_file: FILE, ttl: '1m',\nsignature_algorithm: 'HS256' // here`),
    'PrivateKeyAlgorithm',
  ),
  row(
    'method: RS256 with client_secret_jwt',
    profile(`ttl: '1m',\nsignature_algorithm: 'RS256' // here`, SHARED),
    'SharedSecretAlgorithm',
  ),
  row(
    'method: an algorithm that is none',
    profile(`key_file: FILE, ttl: '1m',\nsignature_algorithm: 'none' // here`),
    `'"none"' is not assignable`,
  ),
  row(
    'method: a key with client_secret_jwt',
    profile(`signature_algorithm: 'HS256', ttl: '1m',\nkey: 'x' // here`, SHARED),
    'key does not go with client_secret_jwt',
  ),
  row(
    'method: a certificate of a shared secret',
    profile(`signature_algorithm: 'HS256', key: 'x', ttl: '1m',\ncertificate_file: FILE // here`, BEARER),
    'certificate_file does nothing',
  ),
  row(
    'method: a claim of its own',
    profile(`signature_algorithm: 'HS256', ttl: '1m', claims: {\niss: 'x' // here\n}`, SHARED),
    'iss cannot be set in claims',
  ),
  row(
    'method: exp of an assertion',
    profile(`signature_algorithm: 'HS256', key: 'x', ttl: '1m', claims: {\nexp: 1 // here\n}`, BEARER),
    'exp cannot be set in claims',
  ),
  row(
    'method: alg in headers',
    profile(`signature_algorithm: 'HS256', ttl: '1m', headers: {\nalg: 'none' // here\n}`, SHARED),
    'alg cannot be set in headers',
  ),

  row(
    'twice: client_secret (strict)',
    oauth2(`${CREDENTIALS},\nclient_secret_file: FILE // here`),
    'client_secret_file is given beside client_secret',
  ),
  row(
    'twice: password (strict)',
    oauth2(`${PASSWORD},\npassword_file: FILE // here`),
    'password_file is given beside password',
  ),
  row(
    'twice: assertion (strict)',
    oauth2(`${BEARER}, assertion: 'x',\nassertion_file: FILE // here`),
    'assertion_file is given beside assertion',
  ),
  row(
    'twice: actor_token (strict)',
    oauth2(`${EXCHANGE}, actor_token: 'x', actor_token_type: 'urn:x:y',\nactor_token_file: FILE // here`),
    'actor_token_file is given beside actor_token',
  ),
  row(
    'twice: key (strict)',
    profile(`signature_algorithm: 'HS256', ttl: '1m', key: 'x',\nkey_file: FILE // here`, BEARER),
    'key_file is given beside key',
  ),
  row(
    'twice: authorities (strict)',
    backend(`tls: { server_ca_certificate: 'x',\nserver_ca_certificate_file: FILE // here\n}`),
    'server_ca_certificate_file is given beside',
  ),
  row(
    'twice: the Authorization header',
    backend(`oauth2: { ${CREDENTIALS} },\nbasic_auth: 'u:p' // here`),
    'basic_auth does not go with oauth2',
  ),
  row(
    'twice: the header of a token backend',
    tokenBackend(
      `oauth2: { ${CREDENTIALS} },\nbasic_auth: 'u:p' // here`,
      `${CREDENTIALS}, token_endpoint_auth_method: 'client_secret_post'`,
    ),
    'basic_auth does not go with oauth2',
  ),

  row(
    'value: retries as text',
    oauth2(`${CREDENTIALS},\nretries: '3' // here`),
    `'string' is not assignable to type 'number'`,
  ),
  row('value: timeout as a number', backend(`timeout: 10 // here`), `'number' is not assignable to type 'string'`),
  row('value: http2 as text', backend(`http2: 'yes' // here`), `'string' is not assignable to type 'boolean`),
  row('value: abort_on_disconnect', backend(`abort_on_disconnect: 'never' // here`), `'"never"' is not assignable`),
  row('value: basic_encoding', oauth2(`${CREDENTIALS},\nbasic_encoding: 'url' // here`), `'"url"' is not assignable`),
  row(
    'value: refused_statuses',
    oauth2(`${CREDENTIALS}, refused_statuses: [401,\n500 // here\n]`),
    `'500' is not assignable`,
  ),
  row('value: null (strict)', backend(`path_prefix: null // here`), `'null' is not assignable`),
  row('value: oauth2 as text', backend(`oauth2: 'x' // here`), `'string' is not assignable`),
  row(
    'value: a backend that is not there',
    oauth2(`${CREDENTIALS},\nbackend: 'as' // here`),
    'no backend is called as',
  ),

  row(
    'one of two: the second is wrong',
    backend(`oauth2: DEV ? { ${PASSWORD} } : { ${CREDENTIALS}, username: 'u' } // here`),
    `${grant('username')}client_credentials`,
  ),
  row(
    'one of two: the first is wrong',
    backend(`oauth2: !DEV ? { ${CREDENTIALS}, scopee: 'x' } : { ${CREDENTIALS} } // here`),
    '; did you mean scope?',
  ),
  row(
    'one of two: a backend',
    `{\na: DEV ? { origin: 'https://a' } : { origin: 'https://b', url: 'x' } // here\n}`,
    unknown('url', 'a backend'),
  ),
  row(
    'one of two: tls',
    backend(`tls: !DEV ? { ca: CA } : { server_ca_certificate: CA } // here`),
    unknown('ca', 'tls'),
  ),
  row(
    'one of two: a token backend',
    oauth2(`${CREDENTIALS},\nbackend: DEV ? { timeout: '1s' } : { timeouts: '1s' } // here`),
    '; did you mean timeout?',
  ),
  row(
    'one of two: a signing profile',
    oauth2(
      `${SIGNED},\njwt_signing_profile: !DEV ? { signature_algorithm: 'RS256', key_file: FILE, ttl: '1m', kid: 'x' } : { signature_algorithm: 'RS256', key_file: FILE, ttl: '1m' } // here`,
    ),
    unknown('kid', 'jwt_signing_profile'),
  ),
  variable(
    'a variable: as const',
    `{ a: { origin: 'https://a', oauth2: { ${CREDENTIALS}, username: 'u' } } } as const`,
    grant('username'),
  ),
  variable(
    'a variable: as from a JSON file',
    `{ a: { origin: 'https://a', oauth2: { ${CREDENTIALS}, clientId: 'x' } } }`,
    '; did you mean client_id?',
  ),
];
