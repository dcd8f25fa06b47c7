/** The key of a `jwt_signing_profile`, judged as far as it is known at construction. */

import type { SigningBlock } from '../attributes/signing.js';
import type { SigningKey } from '../resolved.js';
import { oneOf } from '../schema/alternatives.js';
import { attributeOf } from '../schema/attribute.js';
import { contentOf } from '../schema/file.js';
import type { Place } from '../schema/place.js';
import type { Credential } from '../schema/value-or-file.js';
import { checkSigningKey } from '../signing-key.js';

/** What is known beside the profile. */
export interface KeyOptions {
  /** The client's secret, which is the key of `client_secret_jwt`. */
  readonly secret: Credential<unknown> | undefined;
  /** The key is not used: it may be missing, and so may its file. */
  readonly replaced: boolean;
  readonly warnings: string[];
}

const HASH_BYTES: Readonly<Record<string, number>> = { HS256: 32, HS384: 48, HS512: 64 };

/** Whether the algorithm's key is a secret that both sides know. */
export function isShared(algorithm: string): boolean {
  return Object.hasOwn(HASH_BYTES, algorithm);
}

/** Reports a client secret that cannot be the key, and a key beside it. */
export function judgeClientSecret(block: SigningBlock, algorithm: string | undefined, options: KeyOptions): void {
  for (const { given, place } of [attributeOf(block, 'key'), attributeOf(block, 'key_file')]) {
    if (given) place.refuse('does not go with "client_secret_jwt": the client secret is the key');
  }
  const { secret, warnings } = options;
  if (algorithm && secret?.text) judgeMaterial(algorithm, secret.text, secret.place, warnings);
}

/** Gives the key, configured by value or by file; reports one that is missing, or does not fit the algorithm if there is one. */
export function keyOf(
  block: SigningBlock,
  algorithm: string | undefined,
  { replaced, warnings }: KeyOptions,
): SigningKey | undefined {
  const missing = 'is missing: is the environment variable set? "key_file" can name a file instead';
  const chosen = oneOf(attributeOf(block, 'key'), attributeOf(block, 'key_file'), replaced ? undefined : missing);
  if (!chosen) return undefined;
  const { place, value, file } = chosen;
  if (file === undefined) {
    if (algorithm) judgeMaterial(algorithm, value, place, warnings);
    return Object.freeze({ kind: 'inline', material: value });
  }
  const content = replaced ? undefined : contentOf(file, place);
  if (algorithm && content !== undefined) {
    judgeMaterial(algorithm, isShared(algorithm) ? content.replace(/\r?\n$/, '') : content, place, warnings);
  }
  return Object.freeze({ kind: 'file', file });
}

function judgeMaterial(algorithm: string, material: string | object, place: Place, warnings: string[]): void {
  const problem = checkSigningKey(algorithm, material);
  if (problem !== undefined) place.refuse(problem);
  const least = HASH_BYTES[algorithm] ?? 0;
  if (problem === undefined && typeof material === 'string' && Buffer.byteLength(material) < least) {
    warnings.push(`${place.path}: is shorter than ${least} bytes, the length of ${algorithm} (RFC 7518 §3.2)`);
  }
}
