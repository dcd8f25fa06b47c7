/** `backend.request`. */
import { ourBackend } from './our-backend.js';

/** What the backend's member does; `undefined` while there is none. */
export function open(options) {
  const backend = ourBackend(options);
  if (backend.request === undefined) return undefined;
  return async (path) => {
    const { statusCode, body } = await backend.request(path);
    await body.json();
    return statusCode;
  };
}
