/** `backend.got`. */
import { ourBackend } from './our-backend.js';

/** As its users call it; got throws what is not 2xx. */
export function open(options) {
  const backend = ourBackend(options);
  return async (path) => {
    await backend.got(path).json();
    return 200;
  };
}
