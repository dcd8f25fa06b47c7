/** A header that a middleware sets when the head is about to be written, as `response-time` does. */

/** Sees to it. */
export function lateHeader(response, [name, value]) {
  const { writeHead } = response;
  response.writeHead = function writeHeadWithLateHeader(...given) {
    response.setHeader(name, value);
    return writeHead.apply(response, given);
  };
}
