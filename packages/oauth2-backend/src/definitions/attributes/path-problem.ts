/** What a path could do at an upstream that reads it more loosely than the URL standard does. */

/**
 * What is wrong with a path, or `undefined`: a segment that is `.` or `..` - decoded until nothing changes, split at `/` and
 * `\`, cut at `;` -, a backslash, or an encoding that is invalid or overlong. A query behind the path is not looked at.
 */
export function pathProblem(pathAndQuery: string): string | undefined {
  const path = pathAndQuery.split('?', 1)[0] ?? '';
  if (path.includes('\\')) return 'its path holds a backslash';
  if (/%(?![\da-f]{2})/i.test(path)) return 'its path is not percent-encoded right';
  const decoded = decodeUntilStable(path);
  if (decoded === undefined) return 'its path is percent-encoded too often, or overlong';
  // White space and NUL go, because some upstreams drop them; a `?` or `#` that was encoded ends a segment like `;` does.
  const bare = decoded.normalize('NFKC').replace(/[\p{Cc}\s]/gu, '');
  return /(?:^|[/\\])\.{1,2}(?:[/\\;?#]|$)/.test(bare) ? 'its path holds a "." or ".." segment' : undefined;
}

/** Nobody encodes more often in good faith, and the work stays linear. */
const MAX_ROUNDS = 8;

function decodeUntilStable(path: string): string | undefined {
  if (!path.includes('%')) return path;
  let bytes = Buffer.from(path).toString('latin1');
  for (let round = 0; /%[\da-f]{2}/i.test(bytes); round += 1) {
    if (round === MAX_ROUNDS) return undefined;
    bytes = bytes.replace(/%[\da-f]{2}/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
  }
  // Overlong UTF-8 is how `%c0%ae` passes for a dot.
  if (/[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]|\xf0[\x80-\x8f][\x80-\xbf]/.test(bytes)) return undefined;
  return Buffer.from(bytes, 'latin1').toString();
}
