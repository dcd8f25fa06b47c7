/** The token source of `tokenSource()`: kept and counted as that of an `oauth2` block. */

import { TokenTimeoutError } from '../errors.js';
import { sharingByName } from '../sharing/sharing.js';
import { ofFunction } from '../sources/failure.js';
import { keep } from '../sources/keep.js';
import { sharedPause } from '../sources/shared-pause.js';
import { inTime } from '../sources/waiting.js';
import { givenText } from '../token-request/given-value.js';
import type { GrantSource } from '../token-request/grant-source.js';
import { digestOf, type IdentityPart } from '../token-request/identity.js';
import { acquireToken, type TokenSourceOptions } from '../token-request/token-source.js';
import { both, type CountedSource, type CountingOptions, countedAlone, countedPerContext } from './counted-source.js';
import { observation } from './observation/token-observation.js';

/** Milliseconds for a renewal as a whole, and for `subject`. */
const DEADLINE = 10_000;
const RENEW_BEFORE = { fraction: 0.25 };

/** Asks by the function, and keeps what it gets. @param options.name of the backend */
export function countedAcquisition(
  given: TokenSourceOptions,
  options: CountingOptions & { readonly name: string },
): CountedSource {
  const { name, clock, store } = options;
  const { subject } = given;
  const observed = observation({ ...options, backend: name, grantType: 'tokenSource', endpoint: undefined });
  const follow = options.outages?.follow({ backend: name, tokenBackend: name, ofUsers: subject !== undefined });
  const onEvent = follow ? both(observed.kept, follow) : observed.kept;
  const keeping = { name, clock, renewBefore: RENEW_BEFORE, deadline: DEADLINE, onEvent };
  const shared = sharedPause(clock);
  const share = given.shared && store ? sharingByName({ name, store, clock, deadline: DEADLINE }) : undefined;

  const asking: GrantSource = {
    async token({ signal = new AbortController().signal, context, refused, gate } = {}) {
      for (let waiting = gate?.enter(); waiting; waiting = gate?.enter()) {
        await waiting;
        signal.throwIfAborted();
      }
      const asked = { signal, context: subject && context, refused, name, now: clock.now() };
      gate?.sent();
      return observed.tokenRequest(async () => {
        const token = await acquireToken(given, asked).catch((error: unknown) => {
          throw ofFunction(error);
        });
        gate?.answered();
        return token;
      });
    },
  };
  const make = (_key: string, whose?: IdentityPart) =>
    keep(share?.(asking, { current: undefined }, whose) ?? asking, { ...keeping, shared });

  if (!subject) return countedAlone(make(''), observed.counts);
  const late = () =>
    new TokenTimeoutError(`whose token "${name}" needs was not known within ${DEADLINE} ms`, { backend: name });
  return countedPerContext({ ...options, make, counts: observed.counts }, async (context) => {
    const asked = givenText({ attribute: 'subject', backend: name }, () => subject(context));
    const whose = ['subject', await inTime(asked, { deadline: DEADLINE, late })];
    return { key: digestOf(whose), whose, verified: true };
  });
}
