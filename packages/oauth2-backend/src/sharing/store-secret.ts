/** The keys that follow from a store's secret. */

import { createHash, createHmac, hkdfSync } from 'node:crypto';

/** Keys for one secret, the same in every process that has it. */
export interface StoreKeys {
  /** Names the secret without saying anything of it. */
  readonly id: string;
  /** 32 bytes for A256GCM. */
  readonly seal: Uint8Array;
  /** A keyed digest, base64url; digests for different purposes have nothing in common. */
  digest(purpose: 'key' | 'credential', text: string): string;
}

/** Derives the keys (HKDF-SHA256, RFC 5869). */
export function storeKeys(secret: string | Uint8Array): StoreKeys {
  const derive = (purpose: string) =>
    new Uint8Array(hkdfSync('sha256', secret, '', `oauth2-backend store 1 ${purpose}`, 32));
  const keys = { key: derive('key'), credential: derive('credential') };
  return {
    id: createHash('sha256').update(derive('id')).digest('base64url').slice(0, 8),
    seal: derive('seal'),
    digest: (purpose, text) => createHmac('sha256', keys[purpose]).update(text, 'utf16le').digest('base64url'),
  };
}

/** What is wrong with a secret; nothing for 32 random bytes, raw or as hex, base64 or longer text. */
export function secretProblem(secret: unknown): string | undefined {
  if (secret instanceof Uint8Array) return secret.length >= 32 ? undefined : 'must have 32 bytes or more';
  if (secret === undefined) return 'is missing; is the environment variable set?';
  if (typeof secret !== 'string') return 'must be a string or bytes';
  const needed = /^[0-9a-f]*$/i.test(secret) ? 64 : 43;
  if (secret.length >= needed && new Set(secret).size >= 10) return undefined;
  return 'must have 32 random bytes or more: try `openssl rand -base64 32`';
}
