/** Every token that was issued: for whom, until when, and what became of it. Instants are of `performance.now()`. */
import { randomBytes } from 'node:crypto';

/** How long a token is remembered after its end, milliseconds. */
const MEMORY = 60_000;

/** Issues tokens that live `life` seconds. An identity is a client and, where there is one, a user. */
export function tokenLedger({ life }) {
  const tokens = new Map();
  const newest = new Map();

  return {
    life,
    /** `asked` is when the request for it arrived; `delivered`, `revoked`: when, if ever. */
    issue(identity, asked) {
      const issued = performance.now();
      const value = randomBytes(18).toString('base64url');
      const token = {
        value,
        identity,
        asked,
        issued,
        expires: issued + life * 1000,
        delivered: undefined,
        revoked: undefined,
      };
      tokens.set(value, token);
      forget(issued);
      return token;
    },
    deliver(token) {
      token.delivered = performance.now();
      newest.set(token.identity, token);
    },
    find: (value) => tokens.get(value),
    /** The last one that reached its client. */
    newestOf: (identity) => newest.get(identity),
    /** Revokes all tokens of the identities that the function picks; gives the number of identities. */
    revoke(picked) {
      const identities = new Set();
      for (const token of tokens.values()) {
        if (token.revoked !== undefined || !picked(token.identity)) continue;
        token.revoked = performance.now();
        identities.add(token.identity);
      }
      return identities.size;
    },
  };

  function forget(now) {
    for (const [value, token] of tokens) {
      if (token.expires + MEMORY > now) return;
      tokens.delete(value);
    }
  }
}
