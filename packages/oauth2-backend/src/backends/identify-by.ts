/** Whose token a call needs: what the context of its request says, as a key. */

import type { Clock } from '../clock.js';
import type { ResolvedOAuth2 } from '../definitions/resolved.js';
import { TokenTimeoutError } from '../errors.js';
import type { PerIdentityOptions } from '../sources/per-identity.js';
import { inTime } from '../sources/waiting.js';
import { givenText } from '../token-request/given-value.js';
import type { GrantSource } from '../token-request/grant-source.js';
import { digestOf } from '../token-request/identity.js';
import { mintedAnew } from '../token-request/minted-anew.js';
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
  clock: Clock;
  warn: (message: string, backend: string) => void;
}): PerIdentityOptions['identify'] {
  const { name, oauth2, prepare, deadline, clock, warn } = options;
  const { subject } = oauth2;
  const client = identityOf(oauth2);

  const late = () =>
    new TokenTimeoutError(`whose token "${name}" needs was not known within ${deadline} ms`, { backend: name });

  if (subject) {
    return async (context) => {
      const asked = givenText({ attribute: 'subject', backend: name }, () => subject(context));
      const given = await inTime(asked, { deadline, late });
      return { key: digestOf([client, 'subject', given]), whose: ['subject', given], verified: true, input: undefined };
    };
  }
  const report = () => {
    const what = oauth2.exchange ? 'actor_token' : 'assertion';
    warn(
      `backend "${name}": ${what} is made anew for each call, which costs a token request each time; name whose it is by "subject"`,
      name,
    );
  };
  const look = mintedAnew(report, () => clock.now());

  return async (context) => {
    const input = await inTime(prepare(context), { deadline, late });
    look(input);
    return { key: digestOf([client, 'input', input.digest]), whose: input.whose, verified: input.verified, input };
  };
}
