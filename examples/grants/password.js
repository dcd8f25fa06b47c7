/** Grant `password`, for servers that offer nothing better (RFC 6749 §4.3): it must not be used where they do (RFC 9700 §2.4). */
import { createBackends } from 'oauth2-backend';

const { BILLING_ORIGIN, TOKEN_ENDPOINT, CLIENT_ID, CLIENT_SECRET, USERNAME, PASSWORD_FILE } = process.env;

const backends = createBackends({
  billing: {
    origin: BILLING_ORIGIN,
    oauth2: {
      grant_type: 'password',
      token_endpoint: TOKEN_ENDPOINT,
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      username: USERNAME,
      password_file: PASSWORD_FILE,
    },
  },
});

console.log(await backends.get('billing').got('invoices').text());
await backends.close();
