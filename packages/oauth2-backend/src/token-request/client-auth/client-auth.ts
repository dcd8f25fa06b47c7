/** The client authentication of an `oauth2` block, by its method's name (RFC 7591 §2). */

import type { Clock } from '../../clock.js';
import type { ClientAuthMethod } from '../../definitions/client-auth-methods.js';
import type { ResolvedOAuth2 } from '../../definitions/resolved.js';
import type { DraftPart } from '../token-request-draft.js';
import type { ClientAssertionOptions } from './client-assertion.js';
import { clientSecretBasic } from './client-secret-basic.js';
import { clientSecretJwt } from './client-secret-jwt.js';
import type { ClientSecretOptions } from './client-secret-options.js';
import { clientSecretPost } from './client-secret-post.js';
import { privateKeyJwt } from './private-key-jwt.js';
import { publicClient } from './public-client.js';

/** What client authentication is made from. */
interface ClientAuthOptions {
  /** Name of the backend, for messages. */
  readonly backend: string;
  readonly oauth2: ResolvedOAuth2;
  readonly clock: Clock;
}

/** Gives what writes the client's authentication into a token request; nothing where the client is not named. */
export function clientAuth(options: ClientAuthOptions): DraftPart {
  const { clientAuth: method } = options.oauth2;
  if (method === undefined) return () => {};
  const write = methods[method](options);
  return function writeClient(draft, occasion) {
    draft.facts.method = method;
    return write(draft, occasion);
  };
}

const methods: Readonly<Record<ClientAuthMethod, (options: ClientAuthOptions) => DraftPart>> = {
  client_secret_basic: (options) =>
    clientSecretBasic({ ...secretOptions(options), encoding: options.oauth2.basicEncoding }),
  client_secret_post: (options) => clientSecretPost(secretOptions(options)),
  client_secret_jwt: (options) => clientSecretJwt({ ...assertionOptions(options), ...secretOptions(options) }),
  private_key_jwt: (options) => privateKeyJwt(assertionOptions(options)),
  none: ({ oauth2: { clientId = '' } }) => publicClient({ clientId }),
};

// Validation has seen to it that what a method needs is there.
function secretOptions({ backend, oauth2 }: ClientAuthOptions): ClientSecretOptions {
  const { clientId = '', clientSecret = '' } = oauth2;
  return { backend, clientId, clientSecret };
}

function assertionOptions({ backend, oauth2, clock }: ClientAuthOptions): ClientAssertionOptions {
  const { clientId = '', issuer, tokenEndpoint, signing } = oauth2;
  if (!signing) throw new TypeError(`"${backend}" has no jwt_signing_profile to sign with`);
  return { backend, clientId, signing, issuer, tokenEndpoint, clock };
}
