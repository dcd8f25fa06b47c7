/** The scope of an answer (RFC 6749 §3.3, §5.1). */

import type { Remark } from './remarks.js';

/** Characters: more is no list of scopes, and would be kept for each user. */
const LONGEST = 8 * 1024;

/** What was granted, in one line; the requested scope where the answer names none. A scope that was asked for and not granted is worth a remark. */
export function grantedScope(given: unknown, requested: string | undefined, remark: Remark): string | undefined {
  if (typeof given !== 'string') return requested;
  const granted = scopeText(given);
  // Some servers put commas between them.
  const names = new Set(granted.split(/[ ,]+/));
  const missing = (requested ?? '').split(' ').filter((name) => name !== '' && !names.has(name));
  if (missing.length > 0) {
    remark('scope', `the token endpoint grants less scope than it is asked for, not ${missing.join(' ')}`);
  }
  return granted;
}

/** Scopes from outside in one line of visible characters, 8 KiB at the most. */
export function scopeText(given: string): string {
  if (given.length <= LONGEST && /^[\x20-\x7e]*$/.test(given)) return given;
  const text = given.slice(0, LONGEST).replace(/[^\x21-\x7e]+/g, ' ');
  const whole = given.length > LONGEST ? text.slice(0, Math.max(0, text.lastIndexOf(' '))) : text;
  // A copy: a part of a text keeps the whole of it in memory.
  return Buffer.from(whole.trim()).toString();
}
