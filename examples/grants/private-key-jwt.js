/** Client authentication `private_key_jwt`: a JWT signed with the client's private key (RFC 7523 §2.2, OpenID Connect Core §9). */
import { createBackends } from 'oauth2-backend';

const { BILLING_ORIGIN, TOKEN_ENDPOINT, ISSUER, CLIENT_ID, PRIVATE_KEY_FILE, KEY_ID } = process.env;

const backends = createBackends({
  billing: {
    origin: BILLING_ORIGIN,
    oauth2: {
      grant_type: 'client_credentials',
      token_endpoint: TOKEN_ENDPOINT,
      token_endpoint_auth_method: 'private_key_jwt',
      client_id: CLIENT_ID,
      issuer: ISSUER,
      jwt_signing_profile: {
        signature_algorithm: 'ES256',
        key_file: PRIVATE_KEY_FILE,
        ttl: '60s',
        headers: { kid: KEY_ID },
      },
    },
  },
});

console.log(await backends.get('billing').got('invoices').text());
await backends.close();
