/** Makes what goes into a store opaque: keys become keyed digests, records are encrypted. */

import { createHash, createHmac, hkdfSync, scryptSync } from 'node:crypto';
import { ownMembers } from '../definitions/own-members.js';
import { ConfigurationError, type Problem } from '../errors.js';

/** How a store's content is protected. */
export interface SealingOptions {
  /**
   * 32 random bytes or more, as text or bytes, the same in every process. Two for a change of secret: the first seals,
   * both open.
   */
  readonly storeSecret?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined;
  /** Leaves tokens readable to everybody who can read the store; only `true`, and only without a secret. */
  readonly storePlaintext?: boolean | undefined;
}

/** Gives the digest of a credential: it says nothing to those without the store's secret. */
export type CredentialDigest = (credential: string) => string;

/** Opaque keys and records; made by `sealing()` and used by `createBackends`. */
export interface Sealing {
  /** The keys of an identity, one for each secret; records are written at the first. */
  keysOf(identity: (digest: CredentialDigest) => string): readonly string[];
  /** The record as it may be stored at this key, and only there. */
  seal(key: string, record: string): Promise<string>;
  /** The record again; `undefined` when it was not sealed with a secret of ours, for this key. */
  open(key: string, sealed: string): Promise<string | undefined>;
}

const ALGORITHM = { alg: 'dir', enc: 'A256GCM' };

/**
 * Seals with a store's secret: A256GCM in a JWE (RFC 7516, `dir`) that is bound to its key.
 *
 * @throws ConfigurationError when there is neither a secret of 32 random bytes nor `storePlaintext: true`
 */
export function sealing(options: SealingOptions): Sealing {
  // In JavaScript there may be none: the secret is missing then.
  const { storeSecret, storePlaintext }: SealingOptions = ownMembers(Object(options));
  const secrets = storeSecret instanceof Uint8Array || !Array.isArray(storeSecret) ? [storeSecret] : storeSecret;
  if (storePlaintext === true && storeSecret === undefined) return plaintext();
  const problems = problemsOf(secrets, storePlaintext);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return sealed((secrets as (string | Uint8Array)[]).map(storeKeys));
}

function problemsOf(secrets: readonly unknown[], storePlaintext: unknown): Problem[] {
  const problems = secrets.flatMap((secret, index): Problem[] => {
    const message = secretProblem(secret);
    return message === undefined ? [] : [{ path: index === 0 ? 'storeSecret' : `storeSecret[${index}]`, message }];
  });
  if (secrets.length === 0 || secrets.length > 2) {
    problems.push({ path: 'storeSecret', message: 'must be one secret, or two while it is changed' });
  }
  if (storePlaintext !== undefined && storePlaintext !== false) {
    problems.push({ path: 'storePlaintext', message: 'must be true, without a storeSecret' });
  }
  return problems;
}

function sealed(all: readonly StoreKeys[]): Sealing {
  // Loaded ahead of the first record, but not for those who share nothing.
  const jose = loadJose();
  const made: Sealing = {
    keysOf: (identity) =>
      all.map(({ digest }) =>
        digest(
          'key',
          identity((credential) => digest('credential', credential)),
        ),
      ),
    async seal(key, record) {
      const [first] = all;
      if (!first) throw new TypeError('there is no secret');
      const { CompactEncrypt } = await jose;
      return new CompactEncrypt(new TextEncoder().encode(record))
        .setProtectedHeader({ ...ALGORITHM, kid: first.id, key })
        .encrypt(first.seal);
    },
    async open(key, record) {
      const { compactDecrypt } = await jose;
      try {
        const { plaintext, protectedHeader } = await compactDecrypt(
          record,
          ({ kid }) => {
            const keys = all.find(({ id }) => id === kid);
            if (!keys) throw new TypeError('another secret');
            return keys.seal;
          },
          { keyManagementAlgorithms: [ALGORITHM.alg], contentEncryptionAlgorithms: [ALGORITHM.enc] },
        );
        return protectedHeader['key'] === key ? new TextDecoder().decode(plaintext) : undefined;
      } catch {
        return undefined;
      }
    },
  };
  // The first use of the cipher takes milliseconds that the first token need not wait for.
  made
    .seal('', '')
    .then((record) => made.open('', record))
    .catch(() => {});
  return made;
}

/** Only what is needed, and one after the other: some test runners cannot load modules side by side. */
async function loadJose() {
  const { CompactEncrypt } = await import('jose/jwe/compact/encrypt');
  const { compactDecrypt } = await import('jose/jwe/compact/decrypt');
  return { CompactEncrypt, compactDecrypt };
}

/** Keys still tell nobody's password: without a secret only its cost keeps a digest from being guessed. */
function plaintext(): Sealing {
  const known = new Map<string, string>();
  const slow: CredentialDigest = (credential) => {
    const digest = known.get(credential) ?? scryptSync(credential, 'oauth2-backend', 32).toString('base64url');
    known.set(credential, digest);
    return digest;
  };
  return {
    keysOf: (identity) => [createHash('sha256').update(identity(slow), 'utf16le').digest('base64url')],
    seal: async (_key, record) => record,
    open: async (_key, record) => record,
  };
}

/** Keys for one secret, the same in every process that has it. */
interface StoreKeys {
  /** Names the secret without saying anything of it. */
  readonly id: string;
  /** 32 bytes for A256GCM. */
  readonly seal: Uint8Array;
  /** A keyed digest, base64url; digests for different purposes have nothing in common. */
  digest(purpose: 'key' | 'credential', text: string): string;
}

/** Derives the keys (HKDF-SHA256, RFC 5869). */
function storeKeys(secret: string | Uint8Array): StoreKeys {
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
function secretProblem(secret: unknown): string | undefined {
  if (secret instanceof Uint8Array) return secret.length >= 32 ? undefined : 'must have 32 bytes or more';
  if (secret === undefined) return 'is missing; is the environment variable set?';
  if (typeof secret !== 'string') return 'must be a string or bytes';
  const needed = /^[0-9a-f]*$/i.test(secret) ? 64 : 43;
  if (secret.length >= needed && new Set(secret).size >= 10) return undefined;
  return 'must have 32 random bytes or more: try `openssl rand -base64 32`';
}
