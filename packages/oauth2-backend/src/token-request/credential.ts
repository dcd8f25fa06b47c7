/** A credential that is given as a value, by a function, or in a file: the latter two say where it comes from. */

import { readFile } from 'node:fs/promises';
import type { ResolvedCredential } from '../definitions/resolved-credentials.js';
import { NoTokenError } from '../errors.js';
import { givenText } from './given-value.js';
import type { TokenRequestDraft } from './token-request-draft.js';

/**
 * Gives the credential's value now; a file's without white space around it.
 *
 * @throws NoTokenError when the function throws or gives anything but a non-empty string, or the file cannot be read or is empty; their error is the `cause`
 */
export async function readCredential(
  credential: ResolvedCredential,
  attribute: string,
  backend: string,
): Promise<string> {
  if (typeof credential === 'string') return credential;
  if (typeof credential === 'function') return givenText({ attribute, backend }, credential);
  const value = await read(credential.file, attribute, backend);
  if (value !== '') return value;
  throw new NoTokenError(`${attribute}_file of "${backend}" is empty`, { backend, statusCode: 502 });
}

async function read(file: string, attribute: string, backend: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new NoTokenError(`${attribute}_file of "${backend}" could not be read`, { cause, backend, statusCode: 502 });
  }
}

/** The same for a draft, which remembers where a function or file gave it: it may be replaced while the answer is awaited. */
export async function useCredential(
  { replaceable }: Pick<TokenRequestDraft, 'replaceable'>,
  ...[credential, attribute, backend]: Parameters<typeof readCredential>
): Promise<string> {
  const sent = await readCredential(credential, attribute, backend);
  if (typeof credential !== 'string') {
    replaceable.push({ attribute, sent, read: () => readCredential(credential, attribute, backend) });
  }
  return sent;
}
