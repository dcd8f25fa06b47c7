/** One call of a backend by each of its clients: `{ status, location, body }`. */

/** `init` is `{ method, headers, body }`, the body a string or absent. */
const calls = {
  async got(backend, path, init) {
    const { statusCode, headers, body } = await backend.got(path, { ...init, throwHttpErrors: false });
    return { status: statusCode, location: headers.location, body };
  },
  async fetch(backend, path, init) {
    const answer = await backend.fetch(path, init);
    return { status: answer.status, location: answer.headers.get('location'), body: await answer.text() };
  },
  async request(backend, path, init) {
    const { statusCode, headers, body } = await backend.request(path, init);
    return { status: statusCode, location: headers.location, body: await body.text() };
  },
};

/** The clients' names. */
export const clientNames = Object.keys(calls);

/** Calls `path` and passes on what says whose request it is. */
export function callBackend(backend, { client, path, method, inbound, body }) {
  const headers = { 'content-type': 'text/plain' };
  for (const name of ['x-visit', 'x-identity']) headers[name] = inbound[name];
  return calls[client](backend, path, { method, headers, ...(method === 'POST' && { body }) });
}
