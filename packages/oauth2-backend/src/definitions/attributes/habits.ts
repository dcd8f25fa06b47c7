/** What people write by habit, from other clients and libraries, and what it is called here. */

import { didYouMean, type Hint } from '../schema/nearest-name.js';

/** Habits by what is to be used instead: an attribute as seen from the block, or words. Case, `-` and `_` do not count. */
type Habits = Readonly<Record<string, string>>;

const IN_CODE = (option: string) => `it is an option in code, "${option}" beside the definitions`;

const everywhere: Habits = {
  [IN_CODE('logger')]: 'log logger logging',
  [IN_CODE('store')]: 'cache caching redis store token_cache token_store storage',
  [IN_CODE('dispatcher')]: 'dispatcher mock mock_agent',
};

const backend: Habits = {
  origin: 'api base base_uri base_url endpoint host port prefix_url root_url server server_url target upstream uri url',
  path_prefix: 'base_path path prefix root_path',
  hostname: 'host_header server_name sni',
  basic_auth: 'auth authorization basic credentials password user username',
  connect_timeout: 'connection_timeout dial_timeout',
  ttfb_timeout: 'headers_timeout response_timeout socket_timeout',
  timeout: 'body_timeout deadline request_timeout timeout_ms timeout_seconds timeouts total_timeout',
  proxy: 'http_proxy https_proxy proxy_url',
  'tls.server_ca_certificate': 'ca ca_cert ca_certificate ca_certs',
  'tls.server_ca_certificate_file': 'ca_file ca_path',
  'tls.client_certificate': 'cert certificate client_cert crt',
  'tls.client_certificate_file': 'cert_file certificate_file client_cert_file',
  'tls.client_private_key': 'client_key key private_key',
  'tls.client_private_key_file': 'client_key_file key_file private_key_file',
  tls: 'https mtls pfx ssl tls_options',
  http2: 'allow_h2 h2 http_version',
  max_connections: 'connections max_sockets pool pool_size pooling',
  disable_connection_reuse: 'connection_reuse keep_alive',
  disable_certificate_validation: 'insecure reject_unauthorized skip_verify strict_ssl verify verify_ssl',
  set_request_headers: 'api_key custom_headers default_headers headers http_headers',
  forward_headers: 'pass_headers propagate_headers',
  set_query_params: 'default_params params query query_params search_params',
  abort_on_disconnect: 'abort signal',
  'oauth2.retries': 'max_retries retry retry_limit',
  'oauth2.params.audience': 'aud audience',
  'oauth2.params.resource': 'resource resources',
  'oauth2.scope': 'scopes',
  oauth2: 'client oauth2_client',
  'a token that is there already is given in code, "oauth2: staticToken(…)"':
    'access_token bearer bearer_token token tokens',
  'connections are the library\'s: "proxy", "tls", "max_connections" shape them': 'agent http_agent https_agent',
};

const oauth2: Habits = {
  grant_type: 'flow grant grants type',
  token_endpoint:
    'access_token_uri access_token_url base_url endpoint host token_endpoint_url token_host token_path token_server token_uri token_url uri url',
  token_endpoint_auth_method:
    'auth auth_method auth_style authentication authorization_method basic_auth body_format client_auth client_auth_method client_authentication credentials_in method',
  client_id: 'app_id application_id consumer_key id',
  client_secret: 'api_secret app_secret client_key consumer_secret secret',
  client_secret_file: 'secret_file',
  '"client_id" and "client_secret" stand in this block': 'client client_credentials credentials',
  username: 'login user',
  password: 'pass passwd',
  scope: 'permissions scopes',
  issuer: 'authority domain iss issuer_uri issuer_url',
  'params.audience': 'aud audience audiences',
  'params.resource': 'resource resource_uri resources',
  params:
    'additional_parameters additional_params body custom_params data endpoint_params extra extra_params form parameters query',
  retries: 'max_retries retry retry_count retry_limit',
  default_ttl: 'cache_ttl default_expires_in expires_in lifetime ttl',
  renew_before:
    'buffer clock_skew early_expiry expiration_margin expiry_margin leeway margin refresh_before refresh_margin refresh_threshold skew',
  allow_http: 'allow_insecure insecure require_https',
  jwt_signing_profile: 'client_assertion jwt jws signing signing_profile',
  'jwt_signing_profile.signature_algorithm':
    'alg algorithm signing_alg signing_algorithm token_endpoint_auth_signing_alg',
  'jwt_signing_profile.key': 'jwk jwks key pem private_key private_key_pem signing_key',
  'jwt_signing_profile.key_file': 'private_key_file',
  'jwt_signing_profile.headers.kid': 'key_id kid private_key_id',
  'jwt_signing_profile.certificate_file': 'certificate_file x5c x5t',
  'backend.set_request_headers': 'custom_headers headers http_headers',
  'backend.timeout': 'http_timeout request_timeout timeout_ms timeouts',
  'backend.proxy': 'http_proxy https_proxy proxy_url',
  'backend.tls': 'agent ca cert certificate client_certificate https mtls ssl',
  'backend.disable_certificate_validation': 'reject_unauthorized skip_verify verify verify_ssl',
  'it stands beside "oauth2"': 'forward_headers token_header token_prefix',
  'no user logs in here: a grant needs no authorization endpoint':
    'authorization_endpoint authorization_url authorize_path authorize_url callback_url pkce redirect_uri redirect_url response_type state',
};

const tls: Habits = {
  server_ca_certificate: 'ca ca_cert ca_certificate ca_certs root_ca',
  server_ca_certificate_file: 'ca_file ca_path',
  client_certificate: 'cert certificate client_cert crt',
  client_certificate_file: 'cert_file cert_path certificate_file client_cert_file crt_file',
  client_private_key: 'client_key key private_key',
  client_private_key_file: 'client_key_file key_file key_path private_key_file',
  'certificate and key are PEM, "client_certificate" and "client_private_key"': 'p12 pfx pkcs12',
  'the key must not be encrypted': 'key_passphrase passphrase password',
  '"disable_certificate_validation" stands beside "tls"': 'insecure reject_unauthorized skip_verify verify',
  '"hostname" stands beside "tls"': 'host_name server_name sni',
};

const jwt_signing_profile: Habits = {
  signature_algorithm: 'alg algorithm signing_alg signing_algorithm',
  key: 'jwk pem private_key private_key_pem secret signing_key',
  key_file: 'key_path pem_file private_key_file private_key_path',
  key_passphrase: 'passphrase password private_key_passphrase',
  certificate_file: 'cert cert_file certificate x5c x5t',
  'headers.kid': 'key_id kid private_key_id',
  'headers.typ': 'typ type',
  'claims.aud': 'aud audience',
  claims: 'body iss issuer jti payload sub subject',
  headers: 'jose protected_header',
  ttl: 'exp expires_in expiration expiry life lifetime max_age not_after',
};

const options: Habits = {
  logger: 'bunyan log logging pino winston',
  store: 'cache caching redis storage token_cache token_store',
  dispatcher: 'agent fetch http_agent https_agent mock_agent undici',
  clock: 'now time timers',
  tokens: 'source sources token token_source token_sources',
  maxIdentities: 'cache_size max_tokens max_users',
  'it belongs to each backend, in the definitions':
    'base_url connect_timeout headers http2 origin proxy retries retry scope timeout tls token_endpoint',
};

export const habits = { backend, oauth2, tls, jwt_signing_profile, options };

/**
 * Gives the hints for a block, or for the options in code: a habit first, then what a block inside it has by this name, then
 * the nearest name.
 *
 * @param inside the attributes of the blocks inside it, by where they stand
 */
export function hintIn(block: keyof typeof habits, inside: Readonly<Record<string, readonly string[]>> = {}): Hint {
  let meant: ReadonlyMap<string, string> | undefined;
  return (name, known) => {
    const plain = plainName(name);
    // A slip of the pen in a name that is known here, `client-secret`, is no habit.
    if (known.some((each) => plainName(each) === plain)) return didYouMean(name, known);
    meant ??= adviceFor(habits[block], block === 'options' ? {} : everywhere, inside);
    const advice = meant.get(plain);
    return advice === undefined ? didYouMean(name, known) : `; ${advice}`;
  };
}

/** The advice by plain name. */
function adviceFor(own: Habits, common: Habits, inside: Readonly<Record<string, readonly string[]>>) {
  const all = [...Object.entries(own), ...Object.entries(common)].flatMap(([advice, names]) =>
    names.split(' ').map((name) => [name, /^[\w.]+$/.test(advice) ? `use "${advice}"` : advice] as const),
  );
  const nested = Object.entries(inside).flatMap(([at, names]) =>
    names.map((name) => [name, `use "${at}.${name}"`] as const),
  );
  // The first that is said of a name holds.
  return new Map([...all, ...nested].toReversed().map(([name, advice]) => [plainName(name), advice]));
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]/g, '');
}
