/** `backend.request`. */
import { sharedStore } from '../servers/shared-store.js';
import { ourBackend } from './our-backend.js';

/** As its users call it; in a fleet where `redis` says so. */
export async function open({ redis, ...options }) {
  const backend = ourBackend({ ...options, store: await sharedStore(redis) });
  return async (path) => {
    const { statusCode, body } = await backend.request(path);
    await body.json();
    return statusCode;
  };
}
