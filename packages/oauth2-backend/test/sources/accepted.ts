import { feedbackOf } from '../../src/sources/feedback.js';
import type { AccessToken } from '../../src/token.js';

/** The token, after the API has answered a request with it 200. */
export async function accepted(token: AccessToken | Promise<AccessToken>): Promise<AccessToken> {
  const given = await token;
  feedbackOf(given)?.onAccepted();
  return given;
}
