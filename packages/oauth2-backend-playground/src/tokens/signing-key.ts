/** A key pair that lives as long as the process. */
import { type CryptoKey, exportJWK, exportPKCS8, generateKeyPair, type JWK } from 'jose';

export interface SigningKey {
  /** The algorithm of all of them. */
  readonly algorithm: 'ES256';
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** With `kid`, `alg` and `use`. */
  readonly privateJwk: JWK;
  readonly publicJwk: JWK;
  /** The private key, PKCS#8. */
  readonly pem: string;
}

export async function signingKey(kid: string): Promise<SigningKey> {
  const algorithm = 'ES256';
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const named = { kid, alg: algorithm, use: 'sig' };
  return {
    algorithm,
    privateKey,
    publicKey,
    privateJwk: { ...(await exportJWK(privateKey)), ...named },
    publicJwk: { ...(await exportJWK(publicKey)), ...named },
    pem: await exportPKCS8(privateKey),
  };
}
