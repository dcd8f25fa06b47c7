/** What the bare clients send: a token asked for once. */
import { askForToken } from './ask-for-token.js';

/** The header fields of each request. */
export async function constantHeader(options) {
  const { access_token: token } = await askForToken(options);
  return { authorization: `Bearer ${token}` };
}
