/** Client authentication `client_secret_basic`, the default: id and secret in the `Authorization` header (RFC 6749 §2.3.1). */
import { createBackends } from 'oauth2-backend';

const { BILLING_ORIGIN, TOKEN_ENDPOINT, CLIENT_ID, CLIENT_SECRET } = process.env;

const backends = createBackends({
  billing: {
    origin: BILLING_ORIGIN,
    oauth2: {
      grant_type: 'client_credentials',
      token_endpoint: TOKEN_ENDPOINT,
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      scope: 'invoices:read',
    },
  },
});

console.log(await backends.get('billing').got('invoices').text());
await backends.close();
