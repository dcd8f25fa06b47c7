/** Client authentication `client_secret_jwt`: a JWT signed with the secret, which does not travel (OpenID Connect Core §9). */
import { createBackends } from 'oauth2-backend';

const { BILLING_ORIGIN, TOKEN_ENDPOINT, ISSUER, CLIENT_ID, CLIENT_SECRET } = process.env;

const backends = createBackends({
  billing: {
    origin: BILLING_ORIGIN,
    oauth2: {
      grant_type: 'client_credentials',
      token_endpoint: TOKEN_ENDPOINT,
      token_endpoint_auth_method: 'client_secret_jwt',
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      issuer: ISSUER,
      jwt_signing_profile: { signature_algorithm: 'HS256', ttl: '60s' },
    },
  },
});

console.log(await backends.get('billing').got('invoices').text());
await backends.close();
