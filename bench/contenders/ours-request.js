/** `backend.request`. */
import { ourBackend } from './our-backend.js';

/** As its users call it. */
export function open(options) {
  const backend = ourBackend(options);
  return async (path) => {
    const { statusCode, body } = await backend.request(path);
    await body.json();
    return statusCode;
  };
}
