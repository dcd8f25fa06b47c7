/** Whom the tokens speak of that users and service accounts bring along. */
import { decodeJwt, jwtVerify, SignJWT } from 'jose';
import { ROBOT } from '../clients.js';
import type { SigningKey } from '../tokens/signing-key.js';

/** What users' tokens are for: the application that asks for tokens on their behalf. */
const APPLICATION = 'shop';

export interface UsersOfTokens {
  /** A new token of a user for the application; it lives for an hour. */
  login(user: string): Promise<string>;
  /** The user of a token that `login` gave; rejects others. */
  ofSubjectToken(token: string): Promise<string>;
  /** The user of an assertion for this server (RFC 7523 §3): the service account's, or a token that `login` gave. */
  ofAssertion(assertion: string): Promise<string>;
}

/** @param keys the server's at the time, and the service account's */
export function usersOfTokens(
  issuer: string,
  keys: { own: () => SigningKey; readonly robot: SigningKey },
): UsersOfTokens {
  return {
    login(user) {
      const { algorithm, privateKey, privateJwk } = keys.own();
      return new SignJWT({ client_id: APPLICATION })
        .setProtectedHeader({ alg: algorithm, typ: 'at+jwt', ...(privateJwk.kid && { kid: privateJwk.kid }) })
        .setIssuer(issuer)
        .setAudience([APPLICATION, issuer])
        .setSubject(user)
        .setJti(crypto.randomUUID())
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey);
    },
    ofSubjectToken: (token) => verified(token, keys.own(), { issuer, audience: APPLICATION }),
    ofAssertion(assertion) {
      const isRobots = decodeJwt(assertion).iss === ROBOT;
      const [key, iss] = isRobots ? [keys.robot, ROBOT] : [keys.own(), issuer];
      return verified(assertion, key, { issuer: iss, audience: [issuer, `${issuer}/token`] });
    },
  };
}

async function verified(
  token: string,
  { publicKey, algorithm }: SigningKey,
  expected: { readonly issuer: string; readonly audience: string | string[] },
): Promise<string> {
  const required = { requiredClaims: ['sub', 'exp'], algorithms: [algorithm] };
  const { payload } = await jwtVerify(token, publicKey, { ...expected, ...required });
  return payload.sub ?? '';
}
