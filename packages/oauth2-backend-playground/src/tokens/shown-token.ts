/** A token as it may be shown: enough to tell it from others, too little to use it. */
import { decodeJwt, type JWTPayload } from 'jose';

export interface ShownToken {
  /** `…` and its last 6 characters. */
  readonly end: string;
  readonly claims: JWTPayload;
}

/** `undefined` of what is no JWT. */
export function shownToken(token: unknown): ShownToken | undefined {
  if (typeof token !== 'string') return undefined;
  try {
    return { end: `…${token.slice(-6)}`, claims: decodeJwt(token) };
  } catch {
    return undefined;
  }
}
