/** Whose token a call needs: what the context of its request says, as a key. */

import type { ResolvedOAuth2 } from '../definitions/resolved.js';
import { TokenTimeoutError } from '../errors.js';
import type { PerIdentityOptions } from '../sources/per-identity.js';
import { inTime } from '../sources/waiting.js';
import { givenText } from '../token-request/given-value.js';
import type { GrantSource } from '../token-request/grant-source.js';
import { digestOf } from '../token-request/identity.js';
import { identityOf } from '../token-request/oauth2-identity.js';

/**
 * Gives what tells identities apart: by `subject`, where there is one - the assertion is then made only when a token is
 * needed -, else by what the grant makes of the context, which is evaluated for each call.
 */
export function identifyBy(options: {
  name: string;
  oauth2: ResolvedOAuth2;
  prepare: NonNullable<GrantSource['prepare']>;
  /** Milliseconds for the application's functions. */
  deadline: number;
}): PerIdentityOptions['identify'] {
  const { name, oauth2, prepare, deadline } = options;
  const { subject } = oauth2;
  const client = identityOf(oauth2);

  const late = () =>
    new TokenTimeoutError(`whose token "${name}" needs was not known within ${deadline} ms`, { backend: name });

  if (subject) {
    return async (context) => {
      const asked = givenText({ attribute: 'subject', backend: name }, () => subject(context));
      const given = await inTime(asked, { deadline, late });
      return { key: digestOf([client, 'subject', given]), whose: ['subject', given], verified: true };
    };
  }
  return async (context) => {
    const input = await inTime(prepare(context), { deadline, late });
    return { key: digestOf([client, 'input', input.digest]), whose: input.whose, verified: input.verified, input };
  };
}
