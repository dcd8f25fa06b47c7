/** Grant jwt-bearer with an assertion made here and signed with a service account's key (RFC 7523 §2.1). */
import { createBackends } from 'oauth2-backend';

const { BILLING_ORIGIN, TOKEN_ENDPOINT, SERVICE_ACCOUNT, PRIVATE_KEY_FILE } = process.env;

const backends = createBackends({
  billing: {
    origin: BILLING_ORIGIN,
    oauth2: {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      token_endpoint: TOKEN_ENDPOINT,
      scope: 'invoices:read',
      jwt_signing_profile: {
        signature_algorithm: 'RS256',
        key_file: PRIVATE_KEY_FILE,
        ttl: '60s',
        claims: { iss: SERVICE_ACCOUNT, sub: SERVICE_ACCOUNT, aud: TOKEN_ENDPOINT },
      },
    },
  },
});

console.log(await backends.get('billing').got('invoices').text());
await backends.close();
