/** The options of `forward`, checked once. */

import { METHODS } from 'node:http';
import { givenOptions } from '../../definitions/schema/given-options.js';
import { didYouMean } from '../../definitions/schema/nearest-name.js';
import { isToken } from '../../definitions/schema/values.js';
import { ConfigurationError, type Problem } from '../../errors.js';
import { mayPass } from './withheld-answer-headers.js';

/** How inbound requests are forwarded. */
export interface ForwardOptions {
  /** The methods that are forwarded, to the letter; every other is answered 405. Default: all but CONNECT and TRACE. */
  readonly methods?: readonly string[] | undefined;
  /** Bytes of a request's body that are kept, so that it can be repeated after a 401; 0 for none. Default 64 KiB. */
  readonly replayLimit?: number | undefined;
  /** Adds `Via` with this name for the application to the request (RFC 9110 §7.6.3). Default: none is added. */
  readonly via?: string | undefined;
  /** Says who asked: by `X-Forwarded-For`, `-Host`, `-Proto`, `-Prefix` (the mount), or by `Forwarded` (RFC 7239). Default: neither. */
  readonly forwarded?: 'x-forwarded' | 'forwarded' | undefined;
  /** Keeps those headers as they came in, and adds to them; else they are dropped, as anyone can send them. Default false. */
  readonly trustForwarded?: boolean | undefined;
  /** Gives the backend's `Set-Cookie` back. Default false. */
  readonly passSetCookie?: boolean | undefined;
  /**
   * Names of cookies that go to the backend, and that the client gets from it: without `Domain`, their `Path` below the
   * mount. Default: none. Not beside `passSetCookie`.
   */
  readonly passCookies?: readonly string[] | undefined;
  /** Gives the backend's `WWW-Authenticate` back. Default false. */
  readonly passChallenges?: boolean | undefined;
  /**
   * Headers of the backend's answer that are given back although they would stay here, named exactly: `Access-Control-*`,
   * `Strict-Transport-Security`, `CDN-Cache-Control` and others. Default: none.
   */
  readonly passHeaders?: readonly string[] | undefined;
  /**
   * Gives the body where a parser has read it before: called once for each request that has one, with the framework's own object
   * (Express's `req`, Koa's `ctx`); `undefined` means the request's own. Text is sent as UTF-8. Default: always the request's own.
   */
  // biome-ignore lint/suspicious/noExplicitAny: each framework has its own object; core knows none
  readonly body?: ((inbound: any) => string | Uint8Array | undefined) | undefined;
  /** The path that is cut off the request's, and put in front of a `Location`'s. Default: what the framework's mount cut off. */
  readonly mount?: string | undefined;
}

/** The options, checked and with their defaults. They are options themselves, so that a handler checks its own only once. */
export class ResolvedForwardOptions implements ForwardOptions {
  readonly methods: readonly string[] | undefined;
  readonly replayLimit: number;
  readonly via: string | undefined;
  readonly forwarded: 'x-forwarded' | 'forwarded' | undefined;
  readonly trustForwarded: boolean;
  readonly passSetCookie: boolean;
  readonly passCookies: readonly string[] | undefined;
  readonly passChallenges: boolean;
  /** In lower case. */
  readonly passHeaders: readonly string[];
  readonly body: ForwardOptions['body'];
  /** `undefined`, `''` or `/api/x`, without a trailing slash. */
  readonly mount: string | undefined;

  constructor(checked: ForwardOptions) {
    this.methods = checked.methods && [...checked.methods];
    this.replayLimit = checked.replayLimit ?? 64 * 1024;
    this.via = checked.via;
    this.forwarded = checked.forwarded;
    this.trustForwarded = checked.trustForwarded ?? false;
    this.passSetCookie = checked.passSetCookie ?? false;
    this.passCookies = checked.passCookies && [...checked.passCookies];
    this.passChallenges = checked.passChallenges ?? false;
    this.passHeaders = (checked.passHeaders ?? []).map((name) => name.toLowerCase());
    this.body = checked.body;
    this.mount = checked.mount?.replace(/\/$/, '');
  }
}

/** The options, checked; what is resolved is taken as it is. @throws ConfigurationError with all that is wrong */
export function resolveForwardOptions(options: ForwardOptions = {}): ResolvedForwardOptions {
  if (options instanceof ResolvedForwardOptions) return options;
  // Without a prototype: what somebody put on `Object.prototype` is no option.
  const own: Record<string, unknown> = Object.assign(Object.create(null), givenOptions(options));
  const problems = optionProblems('forward', own, FORWARD_RULES);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return new ResolvedForwardOptions(own);
}

/** What is wrong with options that go by these rules. @param own without a prototype */
export function optionProblems(
  of: string,
  own: Readonly<Record<string, unknown>>,
  rules: Readonly<Record<string, Rule>>,
): Problem[] {
  const problems: Problem[] = [];
  for (const [path, value] of Object.entries(own)) {
    const rule = Object.hasOwn(rules, path) ? rules[path] : undefined;
    if (!rule) problems.push({ path, message: `is no option of ${of}${didYouMean(path, Object.keys(rules))}` });
    else if (value !== undefined && !rule.fits(value)) problems.push({ path, message: `must be ${rule.wanted}` });
  }
  if (own['passSetCookie'] === true && own['passCookies'] !== undefined) {
    problems.push({
      path: 'passSetCookie',
      message: 'is refused beside "passCookies", which says which cookies come back',
    });
  }
  return problems;
}

/** What a value must be. */
export interface Rule {
  readonly wanted: string;
  readonly fits: (value: unknown) => boolean;
}

const MAX_REPLAY = 16 * 1024 * 1024;
const flag: Rule = { wanted: 'true or false', fits: (value) => typeof value === 'boolean' };

export const FORWARD_RULES: Readonly<Record<keyof ForwardOptions, Rule>> = {
  methods: {
    wanted: 'a list of methods, at least one, in capitals where HTTP has them so, without CONNECT and TRACE',
    fits: (value) => Array.isArray(value) && value.length > 0 && value.every(isMethod),
  },
  replayLimit: {
    wanted: 'a whole number of bytes, 0 to 16 MiB',
    fits: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_REPLAY,
  },
  via: {
    wanted: "a name of letters, digits and !#$%&'*+-.^_`|~",
    fits: (value) => typeof value === 'string' && isToken(value),
  },
  forwarded: {
    wanted: '"x-forwarded" or "forwarded"',
    fits: (value) => value === 'x-forwarded' || value === 'forwarded',
  },
  trustForwarded: flag,
  passSetCookie: flag,
  passCookies: {
    wanted: 'a list of names of cookies, at least one',
    fits: (value) =>
      Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string' && isToken(one)),
  },
  passChallenges: flag,
  passHeaders: {
    wanted:
      'a list of header names, each exact and none of framing, of the connection, of files behind a server (X-Sendfile, ' +
      'X-Accel-Redirect, …), nor Set-Cookie or WWW-Authenticate',
    fits: (value) =>
      Array.isArray(value) && value.every((one) => typeof one === 'string' && mayPass(one.toLowerCase())),
  },
  body: { wanted: 'a function', fits: (value) => typeof value === 'function' },
  mount: {
    wanted: 'a path that begins with one slash, without query and fragment',
    fits: (value) => typeof value === 'string' && /^(?:\/(?:[^\s/\\?#][^\s\\?#]*)?)?$/.test(value),
  },
};

function isMethod(value: unknown): boolean {
  if (typeof value !== 'string' || !isToken(value)) return false;
  const capitals = value.toUpperCase();
  // `get` would never come: methods are case-sensitive (RFC 9110 §9.1).
  if (value !== capitals && METHODS.includes(capitals)) return false;
  return value !== 'CONNECT' && value !== 'TRACE';
}
