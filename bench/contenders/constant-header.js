/** What the bare clients send: a token asked for once. */

/** The header fields of each request. */
export async function constantHeader({ tokenEndpoint, client }) {
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: client, client_secret: 'secret' });
  const response = await fetch(tokenEndpoint, { method: 'POST', body: form });
  const { access_token: token } = await response.json();
  return { authorization: `Bearer ${token}` };
}
