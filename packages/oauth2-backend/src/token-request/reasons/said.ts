/** What an answer says of why, by the names that servers have for it. */

import { memberOf } from '../bounded-json.js';
import { withoutTokens } from '../token-like.js';
import type { Cleaner } from '../untrusted-text.js';

/** In the words of the server, cleaned and capped. */
export interface Said {
  /** A number for it, or the name in an object. */
  readonly code?: string | undefined;
  readonly text?: string | undefined;
}

/** RFC 6749 §5.2 first; then what gateways, frameworks and vendors have instead. */
const TEXTS = [
  'error_description',
  'message',
  'Message',
  'reason',
  'detail',
  'description',
  'error_message',
  'errorMessage',
  'errorSummary',
  'faultstring',
  'title',
  'msg',
];
const CODES = ['code', 'error', 'type', 'errorCode', 'status', 'name'];
const MAX_TITLE = 100;
const MAX_TEXT = 300;

/** Reads `error` as a name, a number or an object, `errors` as a list, and the text that stands beside or in it. */
export function saidIn(body: object, clean: Cleaner): Said {
  const error = memberOf(body, 'error') || firstOf(memberOf(body, 'errors')) || memberOf(body, 'fault');
  // Whoever asks has read a name already.
  if (typeof error === 'string') return { text: textIn(body, clean) };
  if (typeof error !== 'object' || error === null) return { code: named(error, clean), text: textIn(body, clean) };
  const code = CODES.map((name) => named(memberOf(error, name), clean)).find((each) => each !== undefined);
  return { code, text: textIn(error, clean) ?? textIn(body, clean) };
}

/** Of a list of texts or objects, as an object. */
function firstOf(list: unknown): unknown {
  const first: unknown = Array.isArray(list) ? (list as unknown[])[0] : undefined;
  return typeof first === 'string' ? { message: first } : first;
}

function named(value: unknown, clean: Cleaner): string | undefined {
  return clean(typeof value === 'number' ? String(value) : value);
}

function textIn(body: object, clean: Cleaner): string | undefined {
  for (const name of TEXTS) {
    const text = clean(memberOf(body, name), MAX_TEXT);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** A page's title, or the first 200 characters of what is no JSON; of XML without its tags. */
export function saidInText(text: string, clean: Cleaner): string | undefined {
  const head = headOf(text);
  if (isPage(head)) return clean(TITLE.exec(head)?.[1]?.replaceAll(/\s+/g, ' '), MAX_TITLE);
  return plainText(/^\s*</.test(head) ? head.replaceAll(TAG, ' ').replaceAll(/\s+/g, ' ') : head, clean);
}

/** What of a text is no token. Credentials are looked for in the whole of it. */
export function plainText(text: string, clean: Cleaner): string | undefined {
  const said = clean(text, MAX_HEAD / 4);
  return said && clean(withoutTokens(said));
}

/** The description in a challenge (RFC 6750 §3), which some servers have in place of a body. */
export function saidInChallenge(field: unknown, clean: Cleaner): string | undefined {
  const text: unknown = Array.isArray(field) ? (field as unknown[])[0] : field;
  if (typeof text !== 'string') return undefined;
  return clean(DESCRIPTION.exec(headOf(text))?.[1]?.replaceAll('\\', ''), MAX_TEXT);
}

const DESCRIPTION = /\berror_description="((?:[^"\\]|\\.){0,400})"/i;

/** Whether it is HTML. */
export function isPage(text: string): boolean {
  return PAGE.test(headOf(text));
}

/** A copy: V8 keeps the whole string alive for a slice of it, and for what a pattern has looked at last. */
export function headOf(text: string): string {
  return Buffer.from(text.slice(0, MAX_HEAD)).toString();
}

/** Nothing is looked for behind these characters. */
const MAX_HEAD = 4_096;
const PAGE = /^\s*<(?:!doctype html|html|head|body)/i;
const TITLE = /<title[^<>]*>([^<]*)/i;
const TAG = /<[^<>]*>/g;

/** Whether a text says no more than the status does. */
export function saysNothing(text: string | undefined): boolean {
  return text === undefined || GENERIC.test(text);
}

const GENERIC =
  /^["']?(?:client authentication (?:failed|error|is required)\b.{0,120}|(?:invalid|bad|unknown|wrong)[ _]client(?: (?:or invalid client )?credentials)?|(?:invalid client: )?(?:the )?client (?:is (?:invalid|unknown)|has been revoked or is invalid)|authentication (?:failed|required)|un-?authori[sz]ed|grant request is invalid|the provided authorization grant\b.{0,250}|forbidden|access[ _]denied|bad request|invalid[ _]request|invalid[ _]grant|invalid[ _]token|an unexpected error (?:has )?occurred|not found|error)["']?[.!]?$/i;
