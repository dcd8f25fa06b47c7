/** The grant of an `oauth2` block, by its name. */

import type { Clock } from '../../clock.js';
import type { ResolvedExchange, ResolvedOAuth2 } from '../../definitions/resolved.js';
import { signingKeySource } from '../signing-key-source.js';
import type { DraftPart } from '../token-request-draft.js';
import { givenAssertion, signedAssertion } from './assertion.js';
import { clientCredentials } from './client-credentials.js';
import { type AssertionSource, jwtBearer } from './jwt-bearer.js';
import { password } from './password.js';
import { tokenExchange } from './token-exchange.js';

/** What a grant is made from. */
interface GrantOptions {
  /** Name of the backend, for messages. */
  readonly backend: string;
  readonly oauth2: ResolvedOAuth2;
  readonly clock: Clock;
}

/** Gives what writes the grant into a token request. */
export function grant(options: GrantOptions): DraftPart {
  return grants[options.oauth2.grantType](options);
}

// Validation has seen to it that what a grant needs is there.
const grants: Readonly<Record<ResolvedOAuth2['grantType'], (options: GrantOptions) => DraftPart>> = {
  client_credentials: ({ oauth2: { scope } }) => clientCredentials({ scope }),
  password: ({ backend, oauth2: { username = '', password: secret = '', scope } }) =>
    password({ backend, username, password: secret, scope }),
  'urn:ietf:params:oauth:grant-type:jwt-bearer': (options) =>
    jwtBearer({ assertion: assertionSource(options), scope: options.oauth2.scope }),
  'urn:ietf:params:oauth:grant-type:token-exchange': ({ backend, oauth2: { exchange = NO_EXCHANGE, scope } }) =>
    tokenExchange({ backend, exchange, scope }),
};

const NO_EXCHANGE: ResolvedExchange = { subjectTokenType: '', verified: true };

function assertionSource({ backend, oauth2, clock }: GrantOptions): AssertionSource {
  const { assertion = '', signing, signingFor } = oauth2;
  if (!signing || signingFor !== 'assertion') return givenAssertion(assertion, backend);
  return signedAssertion({ backend, signing, key: signingKeySource(signing, backend), clock });
}
