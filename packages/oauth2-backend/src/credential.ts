/** A credential that is given as a value or as a function that says where it comes from. */

import { NoTokenError } from './errors.js';

/** A secret, or a function that is asked for it at each token request. */
export type Credential = string | (() => string | Promise<string>);

/**
 * Gives the credential's value now.
 *
 * @throws NoTokenError when the function throws or gives anything but a non-empty string; its error is the `cause`
 */
export async function readCredential(credential: Credential, attribute: string, backend: string): Promise<string> {
  if (typeof credential === 'string') return credential;
  let value: unknown;
  try {
    value = await credential();
  } catch (cause) {
    throw new NoTokenError(`${attribute} of "${backend}" could not be had: its function threw`, {
      cause,
      statusCode: 502,
    });
  }
  if (typeof value === 'string' && value !== '') return value;
  const given = value === '' ? 'an empty string' : value === null ? 'null' : typeof value;
  throw new NoTokenError(`${attribute} of "${backend}" could not be had: its function gave ${given}`, {
    statusCode: 502,
  });
}
