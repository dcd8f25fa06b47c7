/** The attributes of an `oauth2` block: the one description that validation and documentation share. */

import type { Attribute } from './attribute.js';
import { readClientSecret } from './client-secret.js';
import { readDuration } from './duration.js';
import type { OAuth2Definition } from './oauth2-definition.js';
import { readParams } from './params.js';
import { choice, readSwitch, readText, wholeNumber } from './plain-values.js';
import { readRenewalThreshold } from './renewal-threshold.js';
import { readScope } from './scope.js';
import { readTokenEndpoint } from './token-endpoint.js';

/** The attributes of an `oauth2` block, by name, in the order of the documentation. */
export const oauth2Attributes = {
  grant_type: {
    type: '`"client_credentials"`',
    required: true,
    summary: 'on whose authority tokens are asked for',
    read: choice('client_credentials'),
  },
  token_endpoint: {
    type: 'URL or path',
    required: true,
    summary: "absolute, used verbatim; or a path below the token backend's `origin` and `path_prefix`",
    read: readTokenEndpoint,
  },
  token_endpoint_auth_method: {
    type: '`"client_secret_basic"` or `"client_secret_post"`',
    default: 'client_secret_basic',
    summary: 'how the client proves itself',
    read: choice('client_secret_basic', 'client_secret_post'),
  },
  client_id: {
    type: 'string',
    required: true,
    summary: "the client's identifier",
    read: readText,
  },
  client_secret: {
    type: 'string or function',
    required: true,
    missing: 'is missing: is the environment variable set?',
    summary: "the client's secret, or a function, async or not, that gives it for each token request",
    read: readClientSecret,
  },
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
  params: {
    type: 'object of string or string[]',
    summary: 'further form parameters of the token request (`audience`, `resource`, …)',
    read: readParams,
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

/** The same where something else gives the tokens: the secret is not used and may be missing. */
export const replacedOAuth2Attributes = {
  ...oauth2Attributes,
  client_secret: { ...oauth2Attributes.client_secret, required: false },
};
