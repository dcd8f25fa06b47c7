/** A token request by hand, for contenders that bring no client of their own. */

/** The token endpoint's answer (RFC 6749 §5.1). */
export async function askForToken({ tokenEndpoint, client }) {
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: client, client_secret: 'secret' });
  const response = await fetch(tokenEndpoint, { method: 'POST', body: form });
  if (!response.ok) throw new Error(`token endpoint answered ${response.status}`);
  return response.json();
}
