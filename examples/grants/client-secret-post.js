/** Client authentication `client_secret_post`: id and secret in the form (RFC 6749 §2.3.1); the secret from a file that may be replaced. */
import { createBackends } from 'oauth2-backend';

const { BILLING_ORIGIN, TOKEN_ENDPOINT, CLIENT_ID, CLIENT_SECRET_FILE } = process.env;

const backends = createBackends({
  billing: {
    origin: BILLING_ORIGIN,
    oauth2: {
      grant_type: 'client_credentials',
      token_endpoint: TOKEN_ENDPOINT,
      token_endpoint_auth_method: 'client_secret_post',
      client_id: CLIENT_ID,
      client_secret_file: CLIENT_SECRET_FILE,
    },
  },
});

console.log(await backends.get('billing').got('invoices').text());
await backends.close();
