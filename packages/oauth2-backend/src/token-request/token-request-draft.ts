/** A token request before it is sent, and what fills it in. */

import { ownMembers } from '../definitions/own-members.js';
import type { GrantQuery } from './grant-source.js';
import type { SentFacts } from './reasons/sent.js';

/** What grant and client authentication write into. */
export interface TokenRequestDraft {
  /** Form parameters by name; a grant or method sets its own, nobody else's. */
  readonly form: Record<string, string | readonly string[]>;
  /**
   * Header fields, lower-case names. The token backend's token and header modifiers come after these;
   * `definitions/resolve/token-header.ts` refuses those that would take the header of the client's authentication.
   */
  readonly headers: Record<string, string>;
  /** What must not come back in any error text: secrets and assertions as they were sent. */
  readonly secrets: string[];
  /** What an error may say of it. */
  readonly facts: SentFacts;
  /** What the answer may say to have issued (RFC 8693 §2.2.1); absent where the grant has no say in it. */
  issuedTypes?: readonly string[] | undefined;
  /** Secrets and keys that come from functions and files. */
  readonly replaceable: Replaceable[];
}

/** A secret or key as it was sent, and where to look for the one there is now. */
export interface Replaceable {
  readonly attribute: string;
  readonly sent: unknown;
  /** Gives the same value as long as nothing has changed. */
  readonly read: () => Promise<unknown>;
}

/** On whose behalf a token is asked for: the inbound request, and what was made of it before (it is not made again). */
export type Occasion = Pick<GrantQuery, 'context' | 'input'>;

/** Writes its part into a draft, once for each attempt (an assertion of ours is never sent twice). */
export type DraftPart = (draft: TokenRequestDraft, occasion: Occasion) => void | Promise<void>;

/** A draft with nothing in it but the configured parameters. */
export function emptyDraft(params: TokenRequestDraft['form'] = {}): TokenRequestDraft {
  return {
    form: ownMembers(params),
    headers: ownMembers({}),
    secrets: [],
    facts: ownMembers({ method: undefined, ambiguousBasic: undefined, assertion: undefined }),
    issuedTypes: undefined,
    replaceable: [],
  };
}
