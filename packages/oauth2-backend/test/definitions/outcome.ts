/** What becomes of a configuration, in a given environment. */

import { resolveDefinitions } from '../../src/definitions/resolve/definitions.js';
import type { Environment } from '../../src/definitions/resolve/environment-proxy.js';
import type { Resolved, ResolvedBackend, ResolvedOAuth2 } from '../../src/definitions/resolved.js';
import { ConfigurationError, type Problem } from '../../src/errors.js';

export interface Outcome {
  readonly resolved?: Resolved;
  /** Empty when it was resolved. */
  readonly problems: readonly Problem[];
}

/** Resolves or refuses; anything else is thrown on. */
export function outcomeOf(
  definitions: unknown,
  tokenNames: readonly string[] = [],
  environment: Environment = {},
): Outcome {
  try {
    return { resolved: resolveDefinitions(definitions, tokenNames, environment), problems: [] };
  } catch (error) {
    if (error instanceof ConfigurationError) return { problems: error.problems };
    throw error;
  }
}

/** The problems of a backend `a` with these attributes. */
export function problemsOfBackend(attributes: object, environment?: Environment): readonly Problem[] {
  return outcomeOf({ a: { origin: 'https://api.example.com', ...attributes } }, [], environment).problems;
}

/** The problems of a block of oauth2 in a backend `a`. */
export function problemsOfOAuth2(oauth2: object, tokenNames?: readonly string[]): readonly Problem[] {
  return outcomeOf({ a: { origin: 'https://api.example.com', oauth2 } }, tokenNames).problems;
}

/** What a backend `a` with these attributes means. */
export function backendOf(attributes: object, environment?: Environment): ResolvedBackend {
  return firstOf(outcomeOf({ a: { origin: 'https://api.example.com', ...attributes } }, [], environment));
}

/** What a block of oauth2 in a backend `a` means. */
export function oauth2Of(oauth2: object, tokenNames?: readonly string[]): ResolvedOAuth2 {
  const { oauth2: found } = firstOf(outcomeOf({ a: { origin: 'https://api.example.com', oauth2 } }, tokenNames));
  if (!found || 'token' in found) throw new Error('no block');
  return found;
}

/** What is said at the start about a block of oauth2 in a backend `a`. */
export function warningsOf(oauth2: object): readonly string[] {
  return outcomeOf({ a: { origin: 'https://api.example.com', oauth2 } }).resolved?.warnings ?? ['refused'];
}

function firstOf({ resolved, problems }: Outcome): ResolvedBackend {
  const [backend] = resolved?.backends ?? [];
  if (!backend) throw new Error(JSON.stringify(problems));
  return backend;
}
