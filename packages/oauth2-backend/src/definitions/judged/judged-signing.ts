/** What the compiler says of a `jwt_signing_profile`. */

import type { JwtSigningProfile } from '../jwt-signing-profile.js';
import type { BesideValue, IsOneGiven, JudgedBlock, ValueOf, Wrong } from './judged-block.js';

/**
 * `With`: what the client's method signs with, `'secret'` or `'key'`; `'grant'` for the assertion of the grant, `unknown`
 * where that is not known.
 */
export type JudgedSigning<B, With> = JudgedBlock<
  JwtSigningProfile,
  B,
  'jwt_signing_profile',
  Unfit<B, With>,
  Needed<B, With>,
  Values<B, With>
>;

type SharedSecretAlgorithm = Extract<JwtSigningProfile['signature_algorithm'], `HS${string}`>;
type PrivateKeyAlgorithm = Exclude<JwtSigningProfile['signature_algorithm'], SharedSecretAlgorithm>;
type PrivateOnly = 'key_passphrase' | 'key_passphrase_file' | 'certificate_file';

type Unfit<B, With> = {
  readonly [K in 'key' | 'key_file' | PrivateOnly as UnfitText<K, B, With> extends never ? never : K]: UnfitText<
    K,
    B,
    With
  >;
};

type UnfitText<K, B, With> = K extends 'key' | 'key_file' | PrivateOnly
  ? [With] extends ['secret']
    ? Wrong<`${K} does not go with client_secret_jwt: the client secret is the key`>
    : K extends PrivateOnly
      ? B extends { readonly signature_algorithm: SharedSecretAlgorithm }
        ? Wrong<`${K} does nothing: HS* signs with a shared secret`>
        : BesideValue<K, B>
      : BesideValue<K, B>
  : never;

type Needed<B, With> =
  | 'signature_algorithm'
  | 'ttl'
  | ([With] extends ['key' | 'grant'] ? (IsOneGiven<B, 'key' | 'key_file'> extends true ? never : 'key') : never);

interface Values<B, With> {
  readonly signature_algorithm: ValueOf<Algorithm<With>, B[keyof B & 'signature_algorithm']>;
  readonly claims: JwtSigningProfile['claims'] & WithoutNames<B[keyof B & 'claims'], OwnClaims<With>, 'claims'>;
  readonly headers: JwtSigningProfile['headers'] &
    WithoutNames<B[keyof B & 'headers'], 'alg' | 'b64' | 'crit', 'headers'>;
}

type Algorithm<With> = [With] extends ['secret']
  ? SharedSecretAlgorithm
  : [With] extends ['key']
    ? PrivateKeyAlgorithm
    : SharedSecretAlgorithm | PrivateKeyAlgorithm;

type OwnClaims<With> = [With] extends ['grant']
  ? 'exp'
  : [With] extends ['secret' | 'key']
    ? 'iss' | 'sub' | 'iat' | 'exp' | 'jti'
    : never;

/** An object that sets none of the names. */
type WithoutNames<V, Names extends string, Where extends string> = V extends (...of: never) => unknown
  ? unknown
  : { readonly [K in keyof V & Names]: Wrong<`${K} cannot be set in ${Where}`> };
