/** Judging URLs as text, before a parser repairs them. */

// The URL parser drops tabs and newlines, trims spaces and takes `\` for `/`.
const REPAIRED = /[\p{Cc}\p{Cs}\p{Z}\\]/u;
const LONGEST = 2048;

/** Says what is wrong with the characters of a URL or path; `undefined` when nothing is. */
export function unfitText(text: string): string | undefined {
  if (text.length > LONGEST) return `must not be longer than ${LONGEST} characters`;
  return REPAIRED.test(text) ? 'must not hold spaces, control characters or backslashes' : undefined;
}

/** Whether a path has a segment `.` or `..`, in any encoding and also as `..;x`, that an upstream could resolve. */
export function hasDotSegment(path: string): boolean {
  let decoded = path;
  for (let before = ''; before !== decoded; ) {
    before = decoded;
    decoded = decoded.replaceAll(/%(25|2e|2f|3b|5c)/gi, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
  }
  return decoded.split(/[/\\]/).some((segment) => /^\.\.?(?:;|$)/.test(segment));
}

/** Whether the URL is plain http to another machine: not https, and not `localhost`, `*.localhost`, 127/8 or `[::1]`. */
export function isExposed(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol !== 'https:' && !/^(?:(?:.*\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}
