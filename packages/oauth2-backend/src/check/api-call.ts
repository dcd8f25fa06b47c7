/** One call of the API with the token that came. */

import type { Backend } from '../backends/backend.js';

/** Gives why it is no success, in words; nothing where the API took the token. @throws what `request` of a backend throws */
export async function callApi(backend: Backend, path: string): Promise<string | undefined> {
  const { statusCode: status, body } = await backend.request(path, { headers: { accept: '*/*' } });
  // Enough to explain a refusal; what an API has to give may be without end.
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += (chunk as Buffer).length;
      if (bytes > MOST_BYTES) break;
    }
  } catch {
    // The status is here, and says enough.
  }
  if (status < 400) return undefined;
  const refused = status === 401 || status === 403;
  return `the API of "${backend.name}" ${refused ? 'refuses the token' : 'did not do what it was asked for'}: it answered ${status}`;
}

const MOST_BYTES = 16 * 1024;
