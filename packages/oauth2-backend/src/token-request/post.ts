/** The way out of this room: how a form is posted, and what comes back. */

import type { Stage } from './reasons/stage.js';
import type { AnswerHeaders } from './retry-after.js';
import type { TokenAnswer } from './token-response.js';

/** An answer of the token endpoint, read to its end. */
export interface PostAnswer extends Omit<TokenAnswer, 'location' | 'challenge'> {
  readonly headers: AnswerHeaders;
  /** What was sent beside the request that was given, and must not come back in an error. */
  readonly secrets: readonly string[];
}

/**
 * Opens the way through the token backend, whose own token may have to be waited for, and gives what posts one form.
 * Redirects are not followed (they would repost the secret).
 */
export type OpenPost = (signal: AbortSignal | undefined) => Promise<Post>;

/** Posts a form and reads the answer to its end. @throws what the connection throws when it breaks, and the errors of the token backend's own token */
export type Post = (
  request: { readonly headers: Record<string, string>; readonly body: string },
  progress: PostProgress,
) => Promise<PostAnswer>;

/** Written by a post; after its failure it says where that was. */
export interface PostProgress {
  stage: () => Stage;
}
