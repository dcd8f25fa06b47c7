/** What a token may be for: `GET` and `POST` at the API. */
export const SCOPES: readonly string[] = ['invoices:read', 'invoices:write'];
