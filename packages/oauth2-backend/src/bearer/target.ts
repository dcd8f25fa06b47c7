/** Where a backend's requests may go: below its origin and `path_prefix`, nowhere else. */

import { pathProblem } from '../definitions/attributes/path-problem.js';
import { OriginError } from '../errors.js';

/** A request's destination, judged and canonical. */
export interface Target {
  readonly origin: string;
  /** Path and query as they will be sent; starts with `/`. */
  readonly path: string;
  /** `origin` + `path`, without a fragment. */
  readonly href: string;
}

export interface TargetOptions {
  /** The backend's name, for errors. */
  readonly name: string;
  /** Canonical, as `URL.origin` gives it. */
  readonly origin: string;
  /** `''` or `/v1/x`: canonical, without a trailing slash. */
  readonly pathPrefix: string;
}

/** The judge of one backend's destinations. */
export interface TargetRule {
  /** See {@link resolveTarget}. */
  resolve(input: string | URL): Target;
  /** What lies at this path and query below `path_prefix`, byte for byte; `''` and `?q=1` mean the prefix itself. @throws OriginError */
  verbatim(path: string): Target;
  /** Throws an `OriginError` unless this absolute URL lies below the backend's origin and `path_prefix`. */
  check(url: URL | string): void;
  /** The same for what a dispatcher is given; the path is judged as it stands, because it is sent as it stands. */
  checkParts(origin: string | URL | undefined, path: string | undefined): void;
  /** The same as an answer, for redirects. */
  allows(url: URL): boolean;
}

/** The rule of one backend. Stateless: made once, asked at each attempt, hop and repeat. */
export function targetRule(options: TargetOptions): TargetRule {
  const { origin, pathPrefix } = options;
  const base = origin + pathPrefix;
  return {
    resolve: (input) => resolveTarget(options, input),
    verbatim(path) {
      const sent = pathPrefix === '' && !path.startsWith('/') ? `/${path}` : pathPrefix + path;
      const problem = isPlainBelow('', path) ? undefined : verbatimProblem(path);
      if (problem !== undefined) throw refusal(options, path, problem);
      return { origin, path: sent, href: origin + sent };
    },
    check(url) {
      const text = textOf(options, url);
      if (isPlainBelow(base, text)) return;
      const judged = judge(options, text);
      if (typeof judged === 'string') throw refusal(options, text, judged);
    },
    checkParts(given, path) {
      if (given === undefined || typeof path !== 'string' || !path.startsWith('/')) {
        throw refusal(options, '', 'origin and path are needed to judge it');
      }
      const at = textOf(options, given);
      if (at !== origin && canonicalOrigin(at) !== origin) throw refusal(options, at, `it is outside ${base}`);
      if (isPlainBelow(pathPrefix, path)) return;
      const problem = isBelow(pathPrefix, path) ? (textProblem(path) ?? pathProblem(path)) : `it is outside ${base}`;
      if (problem !== undefined) throw refusal(options, path, problem);
    },
    allows(url) {
      return isPlainBelow(base, url.href) || typeof judge(options, url.href) !== 'string';
    },
  };
}

/**
 * What a path, or an absolute URL, means on a backend: the one reading all clients share.
 * `invoices` and `/invoices` are origin + `path_prefix` + `/invoices`; `''` and `?q=1` are the prefix itself; text that begins
 * with a scheme (`https:`, but also `a:b`; write `/a:b` for a path) and a `URL` are taken whole. A fragment is dropped.
 *
 * @throws OriginError when the target leaves the backend or could do so at the upstream (dot segments in any encoding,
 * backslashes, control characters, user info, lone surrogates), or is longer than 64 KiB. Its message holds neither query nor user info.
 */
export function resolveTarget(options: TargetOptions, input: string | URL): Target {
  const { origin, pathPrefix } = options;
  if (typeof input === 'string' && input.length <= LONGEST && PLAIN.test(input)) {
    const path = pathPrefix + (input.startsWith('/') ? input : `/${input}`);
    return { origin, path, href: origin + path };
  }
  const text = textOf(options, input);
  if (isPlainBelow(origin + pathPrefix, text)) return { origin, path: text.slice(origin.length), href: text };
  const problem = /^[/\\]{2}/.test(text) ? 'it names another host' : textProblem(text);
  if (problem !== undefined) throw refusal(options, text, problem);
  const whole = typeof input !== 'string' || /^[a-z][a-z0-9+.-]*:/i.test(text);
  const judged = judge(options, whole ? text : origin + pathPrefix + (/^(?:[/?#]|$)/.test(text) ? '' : '/') + text);
  if (typeof judged === 'string') throw refusal(options, text, judged);
  return { origin, path: judged.href.slice(origin.length), href: judged.href };
}

/** Paths that need no closer look: the URL parser leaves them as they are, and no segment is empty or begins with a dot. */
const PLAIN =
  /^\/?[\w~!$&'()*+,=@-][\w~!$&'()*+,=@.-]*(?:\/[\w~!$&'()*+,=@-][\w~!$&'()*+,=@.-]*)*\/?(?:\?[\w~!$&()*+,=@.:;/?%-]*)?$/;

function isPlainBelow(base: string, text: string): boolean {
  if (text.charCodeAt(base.length) !== SLASH || text.length > LONGEST) return false;
  return text.startsWith(base) && PLAIN.test(text.slice(base.length));
}

/** Characters. No server takes more in a request line, and what judges a target takes time for each. */
const LONGEST = 64 * 1024;

const SLASH = 47;

/** Reads a URL's `href` once: all that follows works on this text, whatever a subclass does next. */
function textOf(options: TargetOptions, input: unknown): string {
  if (typeof input === 'string') return input;
  const href = Object.prototype.toString.call(input) === '[object URL]' ? (input as URL).href : undefined;
  if (typeof href === 'string') return href;
  throw refusal(options, '', `a string or a URL is needed, not ${input === null ? 'null' : typeof input}`);
}

/** The URL as it will be sent, or why it may not be: first by the text, then by what the parser makes of it. */
function judge({ origin, pathPrefix }: TargetOptions, given: string): URL | string {
  const base = origin + pathPrefix;
  const text = given.split('#', 1)[0] ?? '';
  const authority = /^https?:\/\/[^/\\?]+/i.exec(text)?.[0];
  if (authority === undefined) return 'it is neither a path nor an http(s) URL';
  if (authority.includes('@')) return 'it holds user info';
  const problem = textProblem(given) ?? pathProblem(text.slice(authority.length));
  if (problem !== undefined) return problem;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return 'it is not a valid URL';
  if (!isBelow(base, url.href)) return `it is outside ${base}`;
  return lengthProblem(url.href) ?? pathProblem(url.href.slice(origin.length)) ?? url;
}

function isBelow(base: string, text: string): boolean {
  const next = text.charAt(base.length);
  return text.startsWith(base) && (next === '/' || next === '?' || next === '');
}

function verbatimProblem(path: string): string | undefined {
  return /^(?:[/?]|$)/.test(path) ? (textProblem(path) ?? pathProblem(path)) : 'it is no path';
}

function lengthProblem(text: string): string | undefined {
  return text.length > LONGEST ? 'it is longer than 64 KiB' : undefined;
}

function textProblem(text: string): string | undefined {
  const problem = lengthProblem(text);
  if (problem !== undefined) return problem;
  if (/\p{Cc}/u.test(text)) return 'it holds a control character';
  if (text.startsWith(' ') || text.endsWith(' ')) return 'it begins or ends with a space';
  return /\p{Cs}/u.test(text) ? 'it holds half a surrogate pair' : undefined;
}

function canonicalOrigin(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && url.href === `${url.origin}/` ? url.origin : undefined;
}

function refusal({ name }: TargetOptions, text: string, problem: string): OriginError {
  const shown = shownText(text);
  return new OriginError(`backend "${name}" refuses the target${shown === '' ? '' : ` "${shown}"`}: ${problem}`, {
    backend: name,
  });
}

/** At most 100 printable characters; nothing when there may be user info, and nothing from the query on. */
function shownText(text: string): string {
  if (/@|%40/i.test(text)) return '';
  const end = text.search(/[?#;]|%3f|%23|%3b/i);
  const shown = (end < 0 ? text : text.slice(0, end)).slice(0, 101).replace(/[^\x20-\x7e]/g, '\ufffd');
  return shown.length > 100 ? `${shown.slice(0, 99)}…` : shown;
}
