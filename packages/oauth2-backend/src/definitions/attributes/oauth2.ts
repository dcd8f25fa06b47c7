/** The attributes of an `oauth2` block: how each is read. What each means for users stands in `oauth2-definition.ts`. */

import { CLIENT_AUTH_NAMES } from '../client-auth-methods.js';
import { GRANT_TYPES } from '../grant-types.js';
import type { OAuth2Definition } from '../oauth2-definition.js';
import type { ContextFunction } from '../resolved-credentials.js';
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
import { hintIn } from './habits.js';
import { readRefusedStatuses, readStepUp } from './refusals.js';
import { signingAttributes } from './signing.js';
import { readBearerTokenTypes, readParams, readRenewalThreshold, readScope } from './token-request-values.js';

/** By name, in the order of the documentation. */
export const oauth2Attributes = {
  grant_type: {
    required: `one of ${GRANT_TYPES.map((each) => `"${each}"`).join(', ')}`,
    read: choice(...GRANT_TYPES),
  },
  token_endpoint: { required: 'URL or path', read: readTokenEndpoint },
  token_endpoint_auth_method: {
    default: 'client_secret_basic',
    read: choice(...CLIENT_AUTH_NAMES),
  },
  client_id: { read: readText },
  client_secret: { read: readTextOrFunction<() => string | Promise<string>> },
  client_secret_file: { read: readPath },
  username: { read: readSecretText },
  password: { read: readTextOrFunction<() => string | Promise<string>> },
  password_file: { read: readPath },
  assertion: { read: readTextOrFunction<ContextFunction<string>> },
  assertion_file: { read: readPath },
  ...exchangeAttributes,
  scope: { read: readScope },
  retries: { default: 1, read: wholeNumber(0, 255) },
  refused_statuses: { default: [401], read: readRefusedStatuses },
  step_up: { read: readStepUp },
  backend: { read: (value) => value },
  jwt_signing_profile: { read: blockOf(signingAttributes, hintIn('jwt_signing_profile')) },
  params: { read: readParams },
  issuer: { read: readIssuer },
  subject: { read: readFunction<ContextFunction<string>> },
  default_ttl: { default: '5m', read: readDuration },
  renew_before: { default: '25%', read: readRenewalThreshold },
  bearer_token_types: { read: readBearerTokenTypes },
  basic_encoding: { default: 'form', read: choice('form', 'raw') },
  allow_http: { default: false, read: readSwitch },
} satisfies Record<keyof OAuth2Definition, Attribute>;
