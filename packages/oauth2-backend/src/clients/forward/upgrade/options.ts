/** The options of `upgrade`, checked once. */

import type { IncomingMessage } from 'node:http';
import { givenOptions } from '../../../definitions/schema/given-options.js';
import { ConfigurationError } from '../../../errors.js';
import { FORWARD_RULES, type ForwardOptions, optionProblems, ResolvedForwardOptions, type Rule } from '../options.js';

type SharedOptions = Omit<ForwardOptions, 'methods' | 'replayLimit' | 'body' | 'mount'>;

/** How WebSockets are sent on: what can be said of `forward` too means the same here. */
export interface UpgradeOptions extends SharedOptions {
  /** The path that is cut off the request's; `'/'` for all. Requests that are not below it are left to other listeners. */
  readonly mount: string;
  /**
   * Says who may: `true` admits, and so does an object, which then is the `inbound` of the request context. Anything else, and
   * what it throws, is answered 403, and nothing is sent. May be async. No middleware runs before it.
   */
  readonly authorize: (request: IncomingMessage) => unknown;
  /**
   * Origins whose pages may connect beside the application's own, as browsers write them: `['https://app.example.com']`. A
   * request without `Origin` comes from no browser. Default: none.
   */
  readonly origins?: readonly string[] | undefined;
  /**
   * Told why a request got an error for an answer: what `authorize` threw, a token error, what the connection did. Not of clients
   * that left. What it throws itself is passed over. Default: nobody is told.
   */
  readonly onError?: ((error: unknown, request: IncomingMessage) => void) | undefined;
}

/** The options with their defaults. */
export interface ResolvedUpgradeOptions {
  readonly forward: ResolvedForwardOptions & { readonly mount: string };
  readonly authorize: UpgradeOptions['authorize'];
  readonly origins: readonly string[];
  readonly onError: UpgradeOptions['onError'];
}

/** @throws ConfigurationError with all that is wrong */
export function resolveUpgradeOptions(options: UpgradeOptions): ResolvedUpgradeOptions {
  // Without a prototype: what somebody put on `Object.prototype` is no option.
  const own: Record<string, unknown> = Object.assign(Object.create(null), givenOptions(options));
  const problems = optionProblems('upgrade', own, RULES);
  for (const path of ['mount', 'authorize'] as const) {
    if (own[path] === undefined) problems.push({ path, message: `is missing; it must be ${RULES[path].wanted}` });
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  const { authorize, origins = [], onError, ...shared } = own as unknown as UpgradeOptions;
  return {
    forward: new ResolvedForwardOptions(
      Object.assign(Object.create(null), shared),
    ) as ResolvedUpgradeOptions['forward'],
    authorize,
    origins: [...origins],
    onError: onError && steady(onError),
  };
}

/** The same, but what it throws, or rejects with, does not end the process: nobody waits for a listener. */
function steady(onError: NonNullable<UpgradeOptions['onError']>): typeof onError {
  return (error, request) => {
    new Promise((resolve) => resolve(onError(error, request))).catch(() => {
      // There is nobody left to tell.
    });
  };
}

const { methods: _, replayLimit: __, body: ___, ...shared } = FORWARD_RULES;

const RULES: Readonly<Record<keyof UpgradeOptions, Rule>> = {
  ...shared,
  authorize: { wanted: 'a function', fits: (value) => typeof value === 'function' },
  origins: {
    wanted: "a list of origins as browsers write them ('https://app.example.com'), without a path; not '*' or 'null'",
    fits: (value) => Array.isArray(value) && value.every(isOrigin),
  },
  onError: { wanted: 'a function', fits: (value) => typeof value === 'function' },
};

/** Browsers write lower case and no default port (RFC 6454 §6.2). Extensions and apps have schemes of their own. */
function isOrigin(value: unknown): boolean {
  if (typeof value !== 'string' || !/^[a-z][a-z\d+.-]*:\/\/[^\s/?#@*]+$/.test(value)) return false;
  return !/^https?:/.test(value) || (URL.canParse(value) && new URL(value).origin === value);
}
