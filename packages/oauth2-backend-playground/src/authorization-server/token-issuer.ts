/** oidc-provider with the signing key of the moment. */
import type { RequestListener } from 'node:http';
import { type SigningKey, signingKey } from '../tokens/signing-key.js';
import { makeProvider, type ProviderSettings } from './make-provider.js';
import type { Materials } from './materials.js';
import { type UsersOfTokens, usersOfTokens } from './users-of-tokens.js';

export interface TokenIssuer {
  /** The key that tokens are signed by at present. */
  readonly key: SigningKey;
  /** Seconds that new tokens live. */
  life: number;
  readonly users: UsersOfTokens;
  /** oidc-provider's. */
  answer: RequestListener;
  /** Signs by a new key from now on, the only one that is published; gives its `kid`. */
  rotateKey(): Promise<string>;
}

type Settings = Omit<ProviderSettings, 'key' | 'users' | 'life'>;

export function tokenIssuer({ library, own, robot }: Materials, settings: Settings): TokenIssuer {
  let [key, keys] = [own, 1];
  const users = usersOfTokens(settings.issuer, { own: () => key, robot });
  // Its keys are those that it is made with: it is made again, and finds what it has issued in the same storage.
  const made = () => makeProvider(library, { ...settings, key, users, life: () => issuer.life }).callback();
  const issuer: TokenIssuer = {
    get key() {
      return key;
    },
    life: 300,
    users,
    answer: made(),
    async rotateKey() {
      keys += 1;
      const kid = `playground-${keys}`;
      key = await signingKey(kid);
      issuer.answer = made();
      return kid;
    },
  };
  return issuer;
}
