/** The grants by the names they have on the wire. */

/** RFC 7523 §2.1. */
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** All grants, in the order of the documentation. */
export const GRANT_TYPES = ['client_credentials', 'password', JWT_BEARER] as const;
