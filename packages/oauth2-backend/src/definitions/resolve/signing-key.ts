/** The key of a `jwt_signing_profile`, what opens it, its certificate: whether they fit the algorithm and each other. */

import type { SigningBlock } from '../attributes/signing.js';
import type { ClientAuthMethod } from '../client-auth-methods.js';
import type { ResolvedSigning } from '../resolved-credentials.js';
import { attributeOf } from '../schema/attribute.js';
import type { Place } from '../schema/place.js';
import { contentOf, credentialOf, type GivenCredential, oneOf } from '../schema/value-or-file.js';
import { thumbprintOf } from '../signing-certificate.js';
import { checkSigningKey, isEncrypted, parseSigningKey, UNOPENED } from '../signing-key.js';

/** What is known beside the profile. */
export interface KeyOptions {
  /** The client's method; absent for the assertion of jwt-bearer. */
  readonly method: ClientAuthMethod | undefined;
  /** The client's secret, which is the key where the method signs with it. */
  readonly secret: GivenCredential<unknown> | undefined;
  /** The key is not used: it may be missing, and so may its file. */
  readonly replaced: boolean;
  readonly warnings: string[];
}

/** Reports a client secret that cannot be the key, and what says of another key. */
export function judgeClientSecret(
  block: SigningBlock,
  algorithm: string | undefined,
  { method, secret, warnings }: KeyOptions,
): void {
  for (const name of ['key', 'key_file', ...PRIVATE_ONLY] as const) {
    const { given, place } = attributeOf(block, name);
    if (given) place.refuse(`does not go with "${method}": the client secret is the key`);
  }
  if (algorithm && secret?.text) judgeSecret(algorithm, secret.text, secret.place, warnings);
}

const PRIVATE_ONLY = ['key_passphrase', 'key_passphrase_file', 'certificate_file'] as const;

/** Gives what is kept of the key; reports one that is missing, or does not fit the algorithm if there is one. */
export function keyOf(
  block: SigningBlock,
  algorithm: string | undefined,
  { replaced, warnings }: KeyOptions,
): Pick<ResolvedSigning, 'key' | 'keyPassphrase' | 'certificateFile'> {
  const missing = 'is missing: is the environment variable set? "key_file" can name a file instead';
  const chosen = oneOf(attributeOf(block, 'key'), attributeOf(block, 'key_file'), replaced ? undefined : missing);
  const content = chosen?.file === undefined || replaced ? undefined : contentOf(chosen.file, chosen.place);
  const passphrase = passphraseOf(block, replaced);
  const certificate = certificateOf(block, replaced);
  const material = chosen?.value ?? content;
  if (algorithm && isShared(algorithm)) {
    refusePrivateOnly(block);
    // A file's one line end is no part of a secret.
    const secret = content?.replace(/\r?\n$/, '') ?? material;
    if (chosen && secret !== undefined) judgeSecret(algorithm, secret, chosen.place, warnings);
  } else if (algorithm && chosen && material !== undefined) {
    judgePrivateKey(algorithm, { place: chosen.place, material, passphrase, certificate });
  }
  return {
    ...(chosen && {
      key: Object.freeze(
        chosen.file === undefined ? { kind: 'inline', material: chosen.value } : { kind: 'file', file: chosen.file },
      ),
    }),
    ...(passphrase?.credential !== undefined && { keyPassphrase: passphrase.credential }),
    ...(certificate && { certificateFile: certificate.file }),
  };
}

/** What opens the key; `text` is absent where it is not known. */
interface Passphrase {
  readonly place: Place;
  readonly credential: string | { readonly file: string } | undefined;
  readonly text: string | undefined;
}

function passphraseOf(block: SigningBlock, replaced: boolean): Passphrase | undefined {
  const value = attributeOf(block, 'key_passphrase');
  const file = attributeOf(block, 'key_passphrase_file');
  if (!value.given && !file.given) return undefined;
  const none = { place: value.place, credential: undefined, text: undefined };
  return credentialOf<string>(value, file, { missing: undefined, replaced }) ?? none;
}

interface Certificate {
  readonly place: Place;
  readonly file: string;
  readonly text: string | undefined;
}

function certificateOf(block: SigningBlock, replaced: boolean): Certificate | undefined {
  const { place, value: file } = attributeOf(block, 'certificate_file');
  return file === undefined ? undefined : { place, file, text: replaced ? undefined : contentOf(file, place) };
}

const HASH_BYTES: Readonly<Record<string, number>> = { HS256: 32, HS384: 48, HS512: 64 };

/** Whether the algorithm's key is a secret that both sides know. */
export function isShared(algorithm: string): boolean {
  return Object.hasOwn(HASH_BYTES, algorithm);
}

function refusePrivateOnly(block: SigningBlock): void {
  for (const name of PRIVATE_ONLY) {
    const { given, place } = attributeOf(block, name);
    if (given) place.refuse('does nothing: HS* signs with a shared secret, not with a private key');
  }
}

function judgeSecret(algorithm: string, secret: string | object, place: Place, warnings: string[]): undefined {
  const problem = checkSigningKey(algorithm, secret);
  if (problem !== undefined) return place.refuse(problem);
  const least = HASH_BYTES[algorithm] ?? 0;
  if (typeof secret === 'string' && Buffer.byteLength(secret) < least) {
    warnings.push(`${place.path}: is shorter than ${least} bytes, the length of ${algorithm} (RFC 7518 §3.2)`);
  }
}

function judgePrivateKey(
  algorithm: string,
  key: {
    place: Place;
    material: string | object;
    passphrase: Passphrase | undefined;
    certificate: Certificate | undefined;
  },
): undefined {
  const { place, material, passphrase, certificate } = key;
  const encrypted = isEncrypted(material);
  if (encrypted && passphrase && passphrase.text === undefined) return;
  const parsed = parseSigningKey(algorithm, material, passphrase?.text);
  if (parsed === UNOPENED && passphrase) return passphrase.place.refuse('does not open the key');
  if (typeof parsed === 'string') return place.refuse(parsed);
  if (passphrase && !encrypted) passphrase.place.refuse('does nothing: the key is not encrypted');
  if (certificate?.text === undefined) return;
  const found = thumbprintOf(certificate.text, parsed.key);
  if (typeof found === 'string') certificate.place.refuse(found);
}
