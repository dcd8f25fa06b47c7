/** Client authentication `none`: a client without a secret says who it is, here with a user's password (RFC 6749 §3.2.1). */
import { createBackends } from 'oauth2-backend';

const { BILLING_ORIGIN, TOKEN_ENDPOINT, CLIENT_ID, USERNAME, PASSWORD } = process.env;

const backends = createBackends({
  billing: {
    origin: BILLING_ORIGIN,
    oauth2: {
      grant_type: 'password',
      token_endpoint: TOKEN_ENDPOINT,
      token_endpoint_auth_method: 'none',
      client_id: CLIENT_ID,
      username: USERNAME,
      password: PASSWORD,
    },
  },
});

console.log(await backends.get('billing').got('invoices').text());
await backends.close();
