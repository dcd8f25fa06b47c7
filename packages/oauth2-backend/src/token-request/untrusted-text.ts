/** Text from an answer, made fit for errors and logs. */

import { type Forms, formsOf, repetition } from './repetition.js';

const LONGEST = 200;
/** Characters of all secrets together, above which looking for them would take too long: the text is dropped then. */
const MOST_SECRETS = 32 * 1024;

/** How words begin that stand for a text. */
export const LEFT_OUT = '[left out:';

/** What an answer may say about itself in an error. @param longest characters of what is given, default 200 */
export type Cleaner = (value: unknown, longest?: number) => string | undefined;

/**
 * A cleaner that keeps control characters, overlong text and every piece of the given secrets out:
 * some servers repeat in `error_description` what they were sent.
 */
export function untrustedText(secrets: readonly string[]): Cleaner {
  const tooMuch = secrets.reduce((sum, { length }) => sum + length, 0) > MOST_SECRETS;
  let forms: readonly Forms[] | undefined;
  const cleaned = new Map<string, string | undefined>();

  return (value, longest = LONGEST) => {
    if (typeof value !== 'string' || value === '') return undefined;
    const key = `${longest} ${value.slice(0, 4 * longest)}`;
    // The same text is good for more than one member of an error, and looking for secrets takes its time.
    if (!cleaned.has(key)) cleaned.set(key, clean(value, longest));
    return cleaned.get(key);
  };

  function clean(value: string, longest: number): string | undefined {
    // Cut first: what follows takes time for each character. A copy: V8 keeps the whole string alive for a slice of it.
    const text = Buffer.from(value.slice(0, 4 * longest)).toString();
    if (tooMuch) return `${LEFT_OUT} it cannot be compared with the credentials]`;
    forms ??= secrets.map(formsOf);
    if (forms.some(repetition(text))) return `${LEFT_OUT} it repeats a credential]`;
    const visible = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ').trim();
    if (visible === '') return undefined;
    return visible.length > longest ? `${visible.slice(0, longest - 1)}…` : visible;
  }
}
