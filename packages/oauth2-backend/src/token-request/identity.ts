/** Whose token it is: one digest over everything that makes two token requests different. */

import { createHash, createHmac, randomBytes } from 'node:crypto';

/** A value whose parts can be told apart however they are joined. */
export type IdentityPart =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly IdentityPart[]
  | { readonly [name: string]: IdentityPart };

/** SHA-256 of a canonical form in which each text carries its length: no two different values read alike. */
export function digestOf(part: IdentityPart): string {
  // Not UTF-8: that writes every half of a surrogate pair alike.
  return createHash('sha256').update(canonical(part), 'utf16le').digest('base64url');
}

/** A digest of a credential that says nothing to those who do not know this process's key. */
export function credentialDigest(credential: string): string {
  return createHmac('sha256', processKey).update(credential).digest('base64url');
}

const processKey = randomBytes(32);

/** The scope as a set: its order does not make another identity (RFC 6749 §3.3). */
export function scopeSet(scope: string | undefined): readonly string[] | undefined {
  return scope === undefined ? undefined : [...new Set(scope.split(' '))].sort();
}

function canonical(part: IdentityPart): string {
  if (part === null) return 'z';
  if (typeof part === 'string') return `s${part.length}:${part}`;
  if (typeof part === 'number' || typeof part === 'boolean') return `${(typeof part)[0]}${part};`;
  if (part === undefined) return 'u';
  if (Array.isArray(part)) return `a${part.length}:${part.map(canonical).join('')}`;
  const members = Object.entries(part).filter(([, value]) => value !== undefined);
  const sorted = members
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => canonical(name) + canonical(value));
  return `o${sorted.length}:${sorted.join('')}`;
}
