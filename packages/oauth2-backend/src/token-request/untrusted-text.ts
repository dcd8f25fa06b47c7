/** Text from an answer, made fit for errors and logs. */

import { encodeFormValue } from './form-encoding.js';

const MAX_LENGTH = 200;
const PIECE = 12;

/** What an answer may say about itself in an error. */
type Cleaner = (value: unknown) => string | undefined;

/**
 * A cleaner that keeps control characters, overlong text and every piece of the given secrets out:
 * some servers repeat in `error_description` what they were sent.
 */
export function untrustedText(secrets: readonly string[]): Cleaner {
  return (value) => {
    if (typeof value !== 'string' || value === '') return undefined;
    const text = value.slice(0, 4 * MAX_LENGTH);
    const visible = text.replace(/\p{Cf}/gu, '');
    if (secrets.some((secret) => repeats(text, secret) || repeats(visible, secret)))
      return '[left out: it repeats a credential]';
    const clean = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ').trim();
    if (clean === '') return undefined;
    return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH - 1)}…` : clean;
  };
}

function repeats(text: string, secret: string): boolean {
  const forms = [secret, ...encoded(secret), ...encoded(encodeFormValue(secret))];
  const texts = [text, unescaped(text), unescaped(text.replaceAll('+', ' '))];
  return texts.some((variant) => forms.some((form) => containsPieceOf(variant, form)));
}

/** In Base64, wherever the secret begins in what was encoded: its first one or two bytes may stand in a group with others. */
function encoded(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((start) => {
    const aligned = bytes.subarray(start);
    return [aligned.toString('base64'), aligned.toString('base64url')];
  });
}

/** With URL escapes undone, in whatever case and however many there are. */
function unescaped(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString());
}

/** Whether any run of a dozen characters stands in both; a shorter secret counts as a whole. */
function containsPieceOf(text: string, secret: string): boolean {
  if (secret.length < 4) return false;
  if (secret.length <= PIECE) return text.includes(secret);
  for (let start = 0; start + PIECE <= text.length; start++) {
    if (secret.includes(text.slice(start, start + PIECE))) return true;
  }
  return false;
}
