/** Somebody else's server: nothing may arrive there. */
import { serve } from './serve.js';

/** A server to which the API redirects; each request it gets is a violation. */
export async function foreignHost({ violations }) {
  const { origin, close } = await serve((request, response) => {
    violations.add('nothing goes elsewhere', `${request.method} ${request.url} ${request.headers.authorization}`);
    response.end('welcome');
  });
  return { origin, close };
}
