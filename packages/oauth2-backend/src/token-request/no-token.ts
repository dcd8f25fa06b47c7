/** What an answer is that is neither a token nor an OAuth error, in words. */

import { cleanerOf, quoted, type RefusalOptions } from './answer-refusal.js';
import { memberOf } from './bounded-json.js';
import { answerReason, concernsClient } from './reasons/answer-reasons.js';
import { isPage, plainText, saidIn, saidInChallenge, saidInText, saysNothing } from './reasons/said.js';
import { type Cleaner, untrustedText } from './untrusted-text.js';

/** What it is, then why and what to look at. */
type Words = [what: string, ...reasons: (string | undefined)[]];

interface Answer {
  readonly status: number;
  readonly text?: string | undefined;
  readonly location?: unknown;
  readonly challenge?: unknown;
}

/** The words for an answer of another status, or whose body is no object. @param body the object, or what it is instead */
export function otherAnswer(
  answer: Answer,
  body: object | string,
  options: RefusalOptions & { readonly url: string },
): Words {
  const { status, text = '' } = answer;
  const target =
    status >= 300 && status < 400
      ? redirectTarget(answer.location, options.url, untrustedText(options.secrets))
      : undefined;
  if (target !== undefined)
    return [
      `with a redirect to ${target}`,
      'redirects of a token request are not followed: is "token_endpoint" right?',
    ];

  const page = typeof body === 'string' && isPage(text);
  const said = status < 400 && !page ? undefined : saidBy(body, answer, options);
  const judged = status >= 400 || answer.text !== undefined;
  const reason = judged ? answerReason({ status, text, said }, options.asked, options.sent) : undefined;
  const clock =
    options.sent.assertion && concernsClient({ status }) && saysNothing(said) ? options.clockReason() : undefined;
  if (typeof body === 'object') return ['without an OAuth error', quoted(said), reason, clock];
  if (page) return [`with ${body}${said === undefined ? '' : ` (${quoted(said)})`}`, reason, clock];
  const empty = said === undefined && concernsClient({ status }) && body === EMPTY;
  return [empty ? 'without a reason' : `with ${body}`, quoted(said), reason, clock];
}

/** How a body without a byte is called. */
export const EMPTY = 'an empty body';

function saidBy(body: object | string, { text = '', challenge }: Answer, options: RefusalOptions): string | undefined {
  if (typeof body === 'string') {
    const clean = untrustedText(options.secrets);
    return body === EMPTY ? saidInChallenge(challenge, clean) : saidInText(text, clean);
  }
  const clean = cleanerOf(body, options);
  const { code, text: said } = saidIn(body, clean);
  // Nobody knows by which name such an object holds what.
  return said ?? code ?? plainText(text, clean);
}

/** The words for an object without an `access_token`. */
export function tokenless(body: object, options: RefusalOptions): Words {
  const clean = untrustedText(options.secrets);
  const metadata = metadataDocument(body, clean);
  if (metadata) return metadata;
  const names = Object.keys(body).filter((name) => NAME.test(name));
  const has = clean(
    names
      .slice(0, MOST_NAMES)
      .map((name) => `"${name}"`)
      .join(', '),
  );
  if (has === undefined) return ['without an access_token'];
  return [`without an access_token, but with ${has}`, `is "token_endpoint" right? (${options.asked.address})`];
}

const NAME = /^[a-z][\w-]{0,23}$/i;
const MOST_NAMES = 5;

/** The words for a metadata document (RFC 8414 §3.2) that was asked for a token; nothing for another object. */
function metadataDocument(body: object, clean: Cleaner): Words | undefined {
  const [issuer, endpoint] = [memberOf(body, 'issuer'), memberOf(body, 'token_endpoint')];
  if (typeof issuer !== 'string' || typeof endpoint !== 'string') return undefined;
  // An issuer is compared to the letter (RFC 8414 §3.3): a slash that the URL parser adds is not its own.
  const whole = issuer.endsWith('/') ? addressOf(issuer) : addressOf(issuer).replace(/\/$/, '');
  const [named, address] = [clean(whole), clean(addressOf(endpoint))];
  return ['with a metadata document instead of a token', `the "token_endpoint" of issuer "${named}" is "${address}"`];
}

/** Where a redirect points, without its query; nothing where it does not say. @param base the address that was asked */
function redirectTarget(location: unknown, base: string, clean: Cleaner): string | undefined {
  return typeof location === 'string' ? clean(addressOf(location, base)) : undefined;
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
