/** The grants by the names they have on the wire. */

/** RFC 7523 §2.1. */
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** RFC 8693 §2.1. */
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** All grants, in the order of the documentation. */
export const GRANT_TYPES = ['client_credentials', 'password', JWT_BEARER, TOKEN_EXCHANGE] as const;

/** The grants in which the client is authenticated only when it is named (RFC 7521 §4.1, RFC 8693 §2.1). */
export const CLIENT_OPTIONAL: ReadonlySet<string> = new Set([JWT_BEARER, TOKEN_EXCHANGE]);
