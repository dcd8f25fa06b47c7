/** Which access tokens the authorization server has issued, and which of them the API is to refuse. */
import type { JWTPayload } from 'jose';

export interface IssuedTokens {
  add(claims: JWTPayload): void;
  /** From now on the tokens of `client`, of all unless given, are refused; gives how many that are. */
  revoke(client?: string): number;
  isRevoked(jti: string | undefined): boolean;
}

export function issuedTokens(): IssuedTokens {
  const tokens = new Map<string, { readonly client: unknown; readonly expires: number; revoked: boolean }>();
  return {
    add({ jti, exp = 0, ...claims }) {
      const now = Date.now() / 1_000;
      for (const [old, { expires }] of tokens) {
        // They are refused as expired, whether revoked or not; tokens live equally long, mostly.
        if (expires > now) break;
        tokens.delete(old);
      }
      if (jti !== undefined) tokens.set(jti, { client: claims['client_id'], expires: exp, revoked: false });
    },
    revoke(client) {
      const alive = [...tokens.values()].filter(({ expires }) => expires > Date.now() / 1_000);
      const chosen = alive.filter((token) => !token.revoked && (client === undefined || token.client === client));
      for (const token of chosen) token.revoked = true;
      return chosen.length;
    },
    isRevoked: (jti) => jti === undefined || tokens.get(jti)?.revoked === true,
  };
}
