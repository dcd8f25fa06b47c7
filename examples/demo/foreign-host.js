/** Somebody else's server: it remembers who came, and whether an `Authorization` header came along. */
import { listen } from './listen.js';

/** A server with another host name and port; `requests` lists what arrived as `{ authorization }` (true or false). */
export async function foreignHost() {
  const requests = [];
  const { origin, close } = await listen((request, response) => {
    requests.push({ authorization: 'authorization' in request.headers });
    response.end('welcome');
  }, 'localhost');
  return { origin, requests, close };
}
