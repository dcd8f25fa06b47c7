/** `backend.fetch`. */
import { ourBackend } from './our-backend.js';

/** As its users call it. */
export function open(options) {
  const backend = ourBackend(options);
  return async (path) => {
    const response = await backend.fetch(path);
    await response.json();
    return response.status;
  };
}
