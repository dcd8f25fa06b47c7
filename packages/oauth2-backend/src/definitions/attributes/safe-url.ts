/** Judging URLs as text, before a parser repairs them. */

import { pathProblem } from './path-problem.js';

// The URL parser drops tabs and newlines, trims spaces and takes `\` for `/`.
const REPAIRED = /[\p{Cc}\p{Cs}\p{Z}\\]/u;
const LONGEST = 2048;

/** Says what is wrong with the characters of a URL or path; `undefined` when nothing is. */
export function unfitText(text: string): string | undefined {
  if (text.length > LONGEST) return `must not be longer than ${LONGEST} characters`;
  return REPAIRED.test(text) ? 'must not hold spaces, control characters or backslashes' : undefined;
}

/** The URL; `undefined` when host or port is not valid: for Node's own client port 0 is the scheme's default port. */
export function addressOf(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.port === '0' ? undefined : url;
}

/** Says what an upstream could read in a path that is not there, by the rule that requests are judged with. */
export function ambiguousPath(path: string, where = ''): string | undefined {
  const problem = pathProblem(path);
  if (problem === undefined) return undefined;
  const dots = `must not have "." or ".." as a segment${where}, encoded or not`;
  return problem.endsWith('segment') ? dots : 'must be percent-encoded once, as UTF-8';
}

/** Whether the URL is plain http to another machine: not https, and not `localhost`, `*.localhost`, 127/8 or `[::1]`. */
export function isExposed(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol !== 'https:' && !/^(?:(?:.*\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}
