/** Client authentication by a signed assertion (RFC 7521 §4.2, RFC 7523 §2.2, OpenID Connect Core §9). */

import type { Clock } from '../../clock.js';
import type { ResolvedSigning } from '../../definitions/resolved-credentials.js';
import { NoTokenError } from '../../errors.js';
import { givenObject } from '../given-value.js';
import { freshClaims, jwtSigner } from '../jwt-signing.js';
import type { KeySource } from '../signing-key-source.js';
import type { TokenRequestDraft } from '../token-request-draft.js';

/** What a client assertion is made from, whatever its key. */
export interface ClientAssertionOptions {
  /** Name of the backend, for messages. */
  readonly backend: string;
  readonly clientId: string;
  readonly signing: ResolvedSigning;
  /** The authorization server's issuer identifier: the `aud` when it is known; the `typ` then says what the JWT is (RFC 10070). */
  readonly issuer: string | undefined;
  /** The `aud` otherwise. */
  readonly tokenEndpoint: string;
  readonly clock: Clock;
}

/** Signs a new assertion with the key and writes it, with `client_assertion_type` and `client_id`. */
type WriteClientAssertion = (draft: TokenRequestDraft, key: KeySource) => Promise<void>;

/** `iss` = `sub` = `client_id`; `aud` is the claims', else the issuer, else the token endpoint; `iat` (5 s back), `exp`, a random `jti`; no `nbf`. */
export function clientAssertion(options: ClientAssertionOptions): WriteClientAssertion {
  const { backend, clientId, signing, clock, issuer } = options;
  const typ = issuer === undefined ? undefined : 'client-authentication+jwt';

  return async function writeClientAssertion({ form, secrets, facts, replaceable }, key) {
    const sent = await key();
    replaceable.push({ attribute: 'key', sent, read: key });
    const assertion = await jwtSigner({ backend, signing, key: async () => sent, typ })(await assertedClaims());
    form['client_id'] = clientId;
    form['client_assertion_type'] = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    form['client_assertion'] = assertion;
    secrets.push(assertion);
    facts.assertion = { of: 'client', jwt: assertion };
  };

  async function assertedClaims(): Promise<Record<string, unknown>> {
    const configured = await configuredClaims();
    return {
      ...configured,
      aud: audience(Object.hasOwn(configured, 'aud') ? configured['aud'] : undefined),
      iss: clientId,
      sub: clientId,
      ...freshClaims(clock, signing.ttl),
    };
  }

  async function configuredClaims(): Promise<Readonly<Record<string, unknown>>> {
    const { claims } = signing;
    if (typeof claims !== 'function') return claims;
    return givenObject({ attribute: 'claims of the jwt_signing_profile', backend }, () => claims(undefined));
  }

  /** An assertion without an audience would be good anywhere. */
  function audience(configured: unknown): unknown {
    if (configured === undefined) return issuer ?? options.tokenEndpoint;
    const list = Array.isArray(configured) ? configured : [configured];
    if (list.length > 0 && list.every((name) => typeof name === 'string' && name !== '')) return configured;
    throw new NoTokenError(
      `claims of the jwt_signing_profile of "${backend}" have an aud that is no string and no list of strings`,
      { backend, statusCode: 502 },
    );
  }
}
