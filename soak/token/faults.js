/** What a token endpoint may do instead of answering. */

/** Each takes the response and what is random about the fault; what is not answered fails when its connection closes. */
export const tokenFaults = {
  reset: (response) => response.socket.resetAndDestroy(),
  stall: () => {},
  'server error': (response) => answer(response, 500, { error: 'server_error' }),
  unavailable: (response) => answer(response, 503, 'back soon'),
  'unavailable, Retry-After': (response, random) =>
    answer(response, 503, 'back soon', { 'retry-after': String(1 + Math.floor(random.next() * 2)) }),
  'too many requests': (response, random) =>
    answer(response, 429, { error: 'slow_down' }, { 'retry-after': String(1 + Math.floor(random.next() * 3)) }),
  garbage: (response, random) =>
    answer(
      response,
      200,
      random.pick(['<html>welcome</html>', '', '{"access_token":', '[]', '{"token_type":"Bearer"}']),
    ),
};

function answer(response, status, body, headers = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}
