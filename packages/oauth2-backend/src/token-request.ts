/** A token request before it is sent, and what fills it in. */

import type { RequestContext } from './request-context.js';

/** What grant and client authentication write into. */
export interface TokenRequestDraft {
  /** Form parameters by name; a grant or method sets its own, nobody else's. */
  readonly form: Record<string, string | readonly string[]>;
  /** Header fields, lower-case names. */
  readonly headers: Record<string, string>;
  /** What must not come back in any error text: secrets and assertions as they were sent. */
  readonly secrets: string[];
}

/** Writes its part into a draft, once for each attempt (an assertion is never sent twice). */
export type DraftPart = (draft: TokenRequestDraft, context: RequestContext | undefined) => void | Promise<void>;
