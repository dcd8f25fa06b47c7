/** Tokens in a text whose members nobody can tell: forms, JSON that is cut off, XML, objects of no known shape. */

/**
 * The text with `•••` for what stands behind a name like `access_token` or `client_secret`, and for long runs of letters
 * and digits; identifiers of requests (UUIDs) stay.
 */
export function withoutTokens(text: string): string {
  return text.replace(NAMED, '$1•••').replace(LONG, '•••');
}

const NAMED = /((?:token|assertion|secret|password)\\?["']?\s*[=:>]\s*\\?["']?)[^\s"'&<\\]+/gi;
const UUID = '[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}';
const RUN = '[\\w.~+=-]';
const LONG = new RegExp(`(?!${UUID}\\b)(?<!${RUN})(?=${RUN}*\\d)(?=${RUN}*[a-z])${RUN}{24,}`, 'gi');
