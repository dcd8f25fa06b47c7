/** Keeps an answer that was got with a token out of caches that serve several users (RFC 9111 §3.5). */

/** What the answer answers. */
interface Answered {
  readonly method: string;
  /** Whether the token was one user's, as far as anybody can tell. */
  readonly userToken: boolean;
}

/**
 * Adds `private` to the `Cache-Control` of an answer that a shared cache could keep for another user. The backend saw an
 * `Authorization` and could rely on it; whoever caches in front of the application sees none.
 */
export function keepFromSharedCaches(headers: Record<string, string | string[]>, answered: Answered): void {
  const given = headers['cache-control'];
  const value = given === undefined ? '' : [given].flat().join(', ');
  const directives = readDirectives(value);
  if (!directives) headers['cache-control'] = 'private';
  else if (mayBeKept(directives, answered, headers)) {
    headers['cache-control'] = directives.length === 0 ? 'private' : `${value}, private`;
  }
}

type Directive = readonly [name: string, argument: string | undefined];

function mayBeKept(
  directives: readonly Directive[],
  { method, userToken }: Answered,
  headers: Record<string, string | string[]>,
): boolean {
  const has = (name: string) => directives.some(([each]) => each === name);
  const all = (name: string, fits: (argument: string | undefined) => boolean) =>
    has(name) && directives.every(([each, argument]) => each !== name || fits(argument));
  // With an argument it means those header fields alone (RFC 9111 §5.2.2.7).
  if (directives.some(([name, argument]) => name === 'private' && argument === undefined)) return false;
  // Whoever knows `must-understand` does not heed `no-store` (RFC 9111 §5.2.2.3).
  if (has('no-store') && !has('must-understand')) return false;
  if (NEVER_KEPT.has(method)) return false;
  if (!KEPT_UNASKED.has(method) && !has('max-age') && !('expires' in headers)) return false;
  if (all('public', (argument) => argument === undefined) || all('s-maxage', isSeconds)) return false;
  if (!has('must-revalidate')) return true;
  return userToken && !all('max-age', (argument) => argument === '0');
}

/** RFC 9110 §9.2.3. */
const NEVER_KEPT: ReadonlySet<string> = new Set(['DELETE', 'OPTIONS', 'PUT']);

/** Answers to others are kept only where they say for how long. */
const KEPT_UNASKED: ReadonlySet<string> = new Set(['GET', 'HEAD', 'QUERY']);

function isSeconds(argument: string | undefined): boolean {
  return argument !== undefined && /^\d+$/.test(argument);
}

/** Names in lower case, and arguments without their quotes (RFC 9111 §5.2); `undefined` for what two readers could read differently. */
function readDirectives(value: string): Directive[] | undefined {
  const directives: Directive[] = [];
  let index = 0;
  while (index < value.length) {
    DIRECTIVE.lastIndex = index;
    const match = DIRECTIVE.exec(value);
    if (!match) return undefined;
    const [whole, name, token, quoted] = match;
    if (name !== undefined) directives.push([name.toLowerCase(), token ?? quoted?.replace(/\\(.)/g, '$1')]);
    index += whole.length;
  }
  return directives;
}

/** One directive, or none, up to its comma. */
const DIRECTIVE = /[\t ]*(?:([!#$%&'*+.^_`|~\w-]+)(?:=(?:([!#$%&'*+.^_`|~\w-]+)|"((?:[^"\\]|\\.)*)"))?[\t ]*)?(?:,|$)/y;
