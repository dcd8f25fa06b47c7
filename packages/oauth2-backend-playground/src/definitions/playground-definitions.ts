/** The definitions that the playground answers with a token: one for each grant and for each client authentication. */
import { HMAC_SECRET, JWT_BEARER, ROBOT, SECRET, TOKEN_EXCHANGE } from '../clients.js';
import { definitionCode, type Members } from './definition-code.js';

export interface PlaygroundDefinition {
  /** What it shows, for a list. */
  readonly text: string;
  /** The definition, ready to paste. */
  readonly code: string;
}

/** Where the two servers are, as origins. */
export interface Addresses {
  readonly issuer: string;
  readonly api: string;
}

/** By name, in the order of the documentation; the names are those of the repository's `examples/grants`. */
export function playgroundDefinitions({ issuer, api }: Addresses): Readonly<Record<string, PlaygroundDefinition>> {
  const scope = 'invoices:read';
  const shop = { client_id: 'shop', client_secret: SECRET };
  const amy = { username: 'amy', password: SECRET };
  const pem = (name: string) => ({ code: `await (await fetch('${issuer}/keys/${name}.pem')).text()` });
  const user = `comes with \`authorization: Bearer …\`, a token of a user, by: curl -X POST '${issuer}/login?user=amy'`;

  return {
    'client-secret-basic': definition('grant client_credentials, client authentication client_secret_basic', {
      grant_type: 'client_credentials',
      ...shop,
      scope,
    }),
    'client-secret-post': definition('grant client_credentials, client authentication client_secret_post', {
      grant_type: 'client_credentials',
      token_endpoint_auth_method: 'client_secret_post',
      client_id: 'shop-post',
      client_secret: SECRET,
      scope,
    }),
    'client-secret-jwt': definition('grant client_credentials, client authentication client_secret_jwt', {
      grant_type: 'client_credentials',
      token_endpoint_auth_method: 'client_secret_jwt',
      client_id: 'shop-secret-jwt',
      client_secret: HMAC_SECRET,
      issuer,
      scope,
      jwt_signing_profile: { signature_algorithm: 'HS256', ttl: '60s' },
    }),
    'private-key-jwt': definition(
      'grant client_credentials, client authentication private_key_jwt',
      {
        grant_type: 'client_credentials',
        token_endpoint_auth_method: 'private_key_jwt',
        client_id: 'shop-key-jwt',
        issuer,
        scope,
        jwt_signing_profile: {
          signature_algorithm: 'ES256',
          key: pem('shop-key-jwt'),
          ttl: '60s',
          headers: { kid: 'shop-1' },
        },
      },
      'the key is a new one each time the playground starts',
    ),
    'public-client': definition('grant password with refresh tokens, client authentication none', {
      grant_type: 'password',
      token_endpoint_auth_method: 'none',
      client_id: 'shop-public',
      ...amy,
      scope,
    }),
    password: definition('grant password with refresh tokens', { grant_type: 'password', ...shop, ...amy, scope }),
    'jwt-bearer': definition(
      'grant jwt-bearer with an assertion that is signed here, of a service account',
      {
        grant_type: JWT_BEARER,
        ...shop,
        scope,
        jwt_signing_profile: {
          signature_algorithm: 'ES256',
          key: pem('robot'),
          ttl: '60s',
          claims: { iss: ROBOT, sub: ROBOT, aud: issuer },
        },
      },
      'the key is a new one each time the playground starts',
    ),
    'jwt-bearer-on-behalf': definition(
      "grant jwt-bearer on behalf of the inbound request's user",
      {
        grant_type: JWT_BEARER,
        ...shop,
        scope,
        assertion: { code: '(context) => context?.inbound.headers.authorization?.match(/^Bearer +(\\S+)$/i)?.[1]' },
      },
      `verify the user's token before the backends; the request ${user}`,
    ),
    'token-exchange': definition(
      "grant token-exchange on behalf of the inbound request's user",
      { grant_type: TOKEN_EXCHANGE, ...shop, scope },
      `verify the user's token before the backends; the request ${user}`,
    ),
  };

  function definition(text: string, { grant_type, ...others }: Members, note?: string): PlaygroundDefinition {
    const oauth2: Members = { ...(grant_type && { grant_type }), token_endpoint: `${issuer}/token`, ...others };
    const comments = [text, ...(note === undefined ? [] : [note])].map((line) => `// ${line}\n`).join('');
    return { text, code: `${comments}${definitionCode('billing', { origin: api, oauth2 })}` };
  }
}
