/** What undici keeps on an error: the bytes that it could not parse. */

/** Takes them off: a server may have repeated the token in them, or sent one. Gives the same error. */
export function dropUnparsedBytes<E>(error: E): E {
  if (typeof error === 'object' && error !== null && 'data' in error) delete error.data;
  return error;
}
