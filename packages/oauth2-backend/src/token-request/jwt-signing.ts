/** Signs assertions as a signing profile says (RFC 7515, RFC 7523 §3). */

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Clock } from '../clock.js';
import type { ResolvedSigning } from '../definitions/resolved.js';
import { type ParsedKey, parseSigningKey } from '../definitions/signing-key.js';
import { NoTokenError } from '../errors.js';
import { givenObject } from './given-value.js';

/** Signs these claims and nothing else. @throws NoTokenError when there is no key or it cannot sign */
type JwtSigner = (claims: Readonly<Record<string, unknown>>) => Promise<string>;

/** Whose signer, and what it signs with. */
interface JwtSignerOptions {
  /** Name of the backend, for messages. */
  readonly backend: string;
  readonly signing: ResolvedSigning;
  readonly key: KeySource;
  /** The header's `typ` unless the profile's `headers` say otherwise; default `JWT`. */
  readonly typ?: string | undefined;
}

/** A signer whose header is the profile's: `typ` is the given one and `kid` the JWK's unless `headers` say otherwise; never theirs: `alg`, `b64`, `crit`. */
export function jwtSigner({ backend, signing, key, typ = 'JWT' }: JwtSignerOptions): JwtSigner {
  const { algorithm, headers } = signing;

  return async function signJwt(claims) {
    const { key: signingKey, kid } = await key();
    const header = { typ, ...(kid !== undefined && { kid }), ...(await configuredHeaders()), alg: algorithm };
    // Loaded when the first assertion is signed: most applications sign none.
    const { SignJWT } = await import('jose');
    try {
      return await new SignJWT({ ...claims }).setProtectedHeader(header).sign(signingKey);
    } catch (cause) {
      throw new NoTokenError(`assertion of "${backend}" could not be signed`, { cause, statusCode: 502 });
    }
  };

  async function configuredHeaders(): Promise<Record<string, unknown>> {
    if (typeof headers !== 'function') return { ...headers };
    const given = await givenObject({ attribute: 'headers of the jwt_signing_profile', backend }, headers);
    return Object.fromEntries(Object.entries(given).filter(([name]) => name !== 'b64' && name !== 'crit'));
  }
}

/** The claims that make an assertion good from now on, for so many seconds and once (RFC 7523 §3). */
export function freshClaims(clock: Clock, ttl: number): { iat: number; exp: number; jti: string } {
  const now = Math.floor(clock.now() / 1000);
  // Servers refuse what was issued ahead of their own clock.
  return { iat: now - 5, exp: now + ttl, jti: randomBytes(20).toString('base64url') };
}

/** Gives the key to sign with now. @throws NoTokenError when there has never been a good one */
export type KeySource = () => Promise<ParsedKey>;

/**
 * The source of a profile's key. A file is looked at for each token request, by content (mounted secrets swap symlinks);
 * while it is missing or half-written, the last good key goes on.
 */
export function signingKeySource({ key, algorithm }: ResolvedSigning, backend: string): KeySource {
  if (key?.kind === 'file') return keyFile(key.file, algorithm, backend);
  let parsed: ParsedKey | undefined;
  return async function inlineKey() {
    parsed ??= usableKey(algorithm, key?.material ?? '', 'key', backend);
    return parsed;
  };
}

/** @throws NoTokenError that says what is wrong with the key, never the key */
export function usableKey(algorithm: string, material: string | object, attribute: string, backend: string): ParsedKey {
  const parsed = parseSigningKey(algorithm, material);
  if (typeof parsed !== 'string') return parsed;
  throw new NoTokenError(`${attribute} of "${backend}" ${parsed}`, { statusCode: 502 });
}

function keyFile(file: string, algorithm: string, backend: string): KeySource {
  let lastText: string | undefined;
  let lastGood: ParsedKey | undefined;
  // At construction, so that there is a good key from the start.
  look(readNow(file));

  return async function keyOfFile() {
    look(await readFile(file, 'utf8').catch(() => undefined));
    if (lastGood) return lastGood;
    throw new NoTokenError(`key_file of "${backend}" holds no usable key`, { statusCode: 502 });
  };

  function look(text: string | undefined): void {
    if (text === undefined || text === lastText) return;
    lastText = text;
    const parsed = parseSigningKey(algorithm, algorithm.startsWith('HS') ? text.replace(/\r?\n$/, '') : text);
    if (typeof parsed !== 'string') lastGood = parsed;
  }
}

function readNow(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
