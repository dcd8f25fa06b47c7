/** The JWT bearer grant (RFC 7523 §2.1): an assertion says on whose authority. */

import { JWT_BEARER } from '../../definitions/grant-types.js';
import type { DraftPart, Occasion, TokenRequestDraft } from '../token-request-draft.js';

/** Gives the assertion for one attempt. */
export type AssertionSource = (draft: TokenRequestDraft, occasion: Occasion) => Promise<string>;

/** Writes `grant_type`, `assertion` and, when there is one, `scope`. */
export function jwtBearer(options: { assertion: AssertionSource; scope: string | undefined }): DraftPart {
  return async function writeAssertion(draft, occasion) {
    const { form, secrets } = draft;
    const assertion = await options.assertion(draft, occasion);
    form['grant_type'] = JWT_BEARER;
    form['assertion'] = assertion;
    if (options.scope !== undefined) form['scope'] = options.scope;
    secrets.push(assertion);
  };
}
