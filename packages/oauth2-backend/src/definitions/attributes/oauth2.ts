/** The attributes of an `oauth2` block: the one description that validation and documentation share. */

import type { OAuth2Definition } from '../definition.js';
import type { ContextFunction } from '../resolved.js';
import { type Attribute, blockOf } from '../schema/attribute.js';
import { readDuration } from '../schema/duration.js';
import { readPath } from '../schema/value-or-file.js';
import {
  choice,
  readFunction,
  readSecretText,
  readSwitch,
  readText,
  readTextOrFunction,
  wholeNumber,
} from '../schema/values.js';
import { readIssuer, readTokenEndpoint } from './addresses.js';
import { exchangeAttributes } from './exchange.js';
import { GRANT_TYPES, JWT_BEARER, TOKEN_EXCHANGE } from './grant-types.js';
import { signingAttributes } from './signing.js';
import { readParams, readRenewalThreshold, readScope } from './token-request-values.js';

/** The attributes of an `oauth2` block, by name, in the order of the documentation. */
export const oauth2Attributes = {
  grant_type: {
    type: 'string',
    required: true,
    missing: `is missing: one of ${GRANT_TYPES.map((each) => `"${each}"`).join(', ')}`,
    summary: `on whose authority tokens are asked for: \`client_credentials\`, \`password\`, \`${JWT_BEARER}\`, \`${TOKEN_EXCHANGE}\``,
    read: choice(...GRANT_TYPES),
  },
  token_endpoint: {
    type: 'URL or path',
    required: true,
    summary: "absolute, used verbatim; or a path below the token backend's `origin` and `path_prefix`",
    read: readTokenEndpoint,
  },
  token_endpoint_auth_method: {
    type: 'string',
    default: 'client_secret_basic',
    summary:
      'how the client proves itself: `client_secret_basic`, `client_secret_post`, `client_secret_jwt`, `private_key_jwt`, or `none` (not with `client_credentials`)',
    read: choice('client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'),
  },
  client_id: {
    type: 'string',
    summary:
      "the client's identifier; required unless the grant is jwt-bearer or token-exchange, where the client is authenticated only with it",
    read: readText,
  },
  client_secret: {
    type: 'string or function',
    summary:
      "the client's secret, or a function, async or not, that gives it for each token request; required, but not for `private_key_jwt` and `none`, where it is refused",
    read: readTextOrFunction<() => string | Promise<string>>,
  },
  client_secret_file: {
    type: 'path',
    summary: 'the file that holds it instead; read for each token request, without white space around it',
    read: readPath,
  },
  username: {
    type: 'string',
    summary: 'required for grant `password`, refused for others',
    read: readSecretText,
  },
  password: {
    type: 'string or function',
    summary: 'the same; a function gives it for each token request',
    read: readTextOrFunction<() => string | Promise<string>>,
  },
  password_file: {
    type: 'path',
    summary: 'the file that holds it instead, like `client_secret_file`',
    read: readPath,
  },
  assertion: {
    type: 'string or function',
    summary:
      "for grant jwt-bearer only: a JWT, or a function, async or not, that makes one of the request's context; required unless a `jwt_signing_profile` makes it",
    read: readTextOrFunction<ContextFunction<string>>,
  },
  assertion_file: {
    type: 'path',
    summary: 'the file that holds it instead, like `client_secret_file`',
    read: readPath,
  },
  ...exchangeAttributes,
  scope: {
    type: 'string',
    summary: 'scope tokens separated by spaces; an empty one is not sent',
    read: readScope,
  },
  retries: {
    type: 'integer, 0 to 255',
    default: 1,
    summary: 'how often a request answered 401 is repeated with a new token',
    read: wholeNumber(0, 255),
  },
  backend: {
    type: 'name or block',
    summary:
      "through which token requests go: another backend, or a definition that may leave `origin` out; else one made from the token endpoint's origin",
    read: (value) => value,
  },
  jwt_signing_profile: {
    type: 'block',
    summary:
      'how assertions are signed: those of `client_secret_jwt` and `private_key_jwt`, else those of jwt-bearer; refused where it would do nothing',
    read: blockOf(signingAttributes),
  },
  params: {
    type: 'object of string or string[]',
    summary: 'further form parameters of the token request (`audience`, `resource`, …)',
    read: readParams,
  },
  issuer: {
    type: 'URL',
    summary: "the authorization server's issuer identifier; the audience of client assertions, else the token endpoint",
    read: readIssuer,
  },
  subject: {
    type: 'function',
    summary:
      "names whose token it is, of the request's context, where a function makes the assertion or its claims anew each time",
    read: readFunction<ContextFunction<string>>,
  },
  default_ttl: {
    type: 'duration',
    default: '5m',
    summary: 'the life of a token whose answer names none',
    read: readDuration,
  },
  renew_before: {
    type: 'duration or percent',
    default: '25%',
    summary: 'how long before its end a token is renewed in the background; more than 0, at most 90 %',
    read: readRenewalThreshold,
  },
  basic_encoding: {
    type: '`"form"` or `"raw"`',
    default: 'form',
    summary: '`"raw"` sends id and secret in Basic unescaped, for servers that do not decode',
    read: choice('form', 'raw'),
  },
  allow_http: {
    type: 'boolean',
    default: false,
    summary: 'a token endpoint over plain http outside loopback; one warning at start',
    read: readSwitch,
  },
} satisfies Record<keyof OAuth2Definition, Attribute>;
