/** Whose token a request's context asks for. */

import type { ResolvedOAuth2 } from './definitions/resolved.js';
import { givenText } from './given-value.js';
import type { GrantSource } from './grant-input.js';
import { digestOf } from './identity.js';
import { identityOf } from './oauth2-identity.js';
import type { PerIdentityOptions } from './sources/per-identity.js';

/**
 * By `subject`, where there is one: the assertion is then made only when a token is needed. Else by what the grant makes of
 * the context, which is evaluated for each call.
 */
export function identification(options: {
  name: string;
  oauth2: ResolvedOAuth2;
  prepare: NonNullable<GrantSource['prepare']>;
}): PerIdentityOptions['identify'] {
  const { name, oauth2, prepare } = options;
  const { subject } = oauth2;
  const client = identityOf(oauth2);

  if (subject) {
    return async (context) => {
      const given = await givenText({ attribute: 'subject', backend: name }, () => subject(context));
      return { key: digestOf([client, 'subject', given]) };
    };
  }
  return async (context) => {
    const input = await prepare(context);
    return { key: digestOf([client, 'input', input.digest]), input };
  };
}
