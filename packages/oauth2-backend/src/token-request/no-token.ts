/** What an answer is that is neither a token nor an OAuth error, in words. */

import type { Cleaner } from './untrusted-text.js';

/** Where a redirect points, without its query; nothing where it does not say. @param base the address that was asked */
export function redirectTarget(location: unknown, base: string, clean: Cleaner): string | undefined {
  return typeof location === 'string' ? clean(addressOf(location, base)) : undefined;
}

/** The words for a metadata document (RFC 8414 §3.2) that was asked for a token; nothing for another object. */
export function metadataDocument(body: object, clean: Cleaner): string | undefined {
  const { issuer, token_endpoint: endpoint } = Object.assign(Object.create(null), body) as Record<string, unknown>;
  if (typeof issuer !== 'string' || typeof endpoint !== 'string') return undefined;
  // An issuer is compared to the letter (RFC 8414 §3.3): a slash that the URL parser adds is not its own.
  const whole = issuer.endsWith('/') ? addressOf(issuer) : addressOf(issuer).replace(/\/$/, '');
  const [named, address] = [clean(whole), clean(addressOf(endpoint))];
  return `with a metadata document instead of a token: the "token_endpoint" of issuer "${named}" is "${address}"`;
}

function addressOf(text: string, base?: string): string {
  try {
    const { protocol, origin, pathname } = new URL(text.slice(0, LONGEST), base);
    return /^https?:$/.test(protocol) ? origin + pathname : protocol;
  } catch {
    return 'an address that cannot be read';
  }
}

const LONGEST = 2_000;
