/** The challenges of a 401 answer (RFC 9110 §11.6.1), read from what servers really send. */

export interface Challenge {
  /** Lower case: `bearer`. */
  readonly scheme: string;
  /** Names in lower case; of a name given twice the first value counts. */
  readonly params: ReadonlyMap<string, string>;
  /** What stands instead of parameters, as in `Negotiate YII=`. */
  readonly token68?: string;
}

/**
 * The challenges of one or several `WWW-Authenticate` headers, in order. Takes missing spaces and commas, unescaped quotes
 * inside quoted strings, an open last quote; skips what it cannot read. Never throws, works in linear time, and reads
 * 16 Ki characters at most: Node's own limit for all headers of an answer.
 */
export function parseChallenges(header: string | readonly string[] | undefined): Challenge[] {
  const challenges: MutableChallenge[] = [];
  let budget = MAX_CHARACTERS;
  for (const one of typeof header === 'string' ? [header] : (header ?? [])) {
    if (typeof one !== 'string' || budget <= 0) continue;
    parseHeader(one.slice(0, budget), challenges);
    budget -= one.length;
  }
  return challenges;
}

const MAX_CHARACTERS = 16_384;

interface MutableChallenge extends Challenge {
  readonly params: Map<string, string>;
  token68?: string;
}

const TCHAR = "[\\w!#$%&'*+.^`|~-]";
const TEXT68 = '[\\w.~+/-]+=*';
const TOKEN = new RegExp(`${TCHAR}+`, 'y');
const GARBAGE = new RegExp(`(?:(?!${TCHAR}).)+`, 'sy');
const EQUALS = /[ \t]*=[ \t]*/y;
const BARE_VALUE = /[^\s,"]+/y;
/** Only complete when followed by the next element or the end; else it is a parameter or the next scheme. */
const TOKEN68 = new RegExp(`[ \\t]+(${TEXT68})[ \\t]*(?=,|$)`, 'y');

function parseHeader(text: string, challenges: MutableChallenge[]): void {
  const first = challenges.length;
  const reader: Reader = { text, at: 0 };
  while (reader.at < text.length) {
    take(reader, GARBAGE);
    const name = take(reader, TOKEN)?.[0].toLowerCase();
    if (name === undefined) return;
    if (take(reader, EQUALS) === undefined) {
      const challenge: MutableChallenge = { scheme: name, params: new Map() };
      challenges.push(challenge);
      const token68 = take(reader, TOKEN68)?.[1];
      if (token68 !== undefined) challenge.token68 = token68;
    } else {
      const value = text[reader.at] === '"' ? takeQuoted(reader) : take(reader, BARE_VALUE)?.[0];
      const params = challenges.length > first ? challenges.at(-1)?.params : undefined;
      if (value !== undefined && params !== undefined && !params.has(name)) params.set(name, value);
    }
  }
}

interface Reader {
  readonly text: string;
  at: number;
}

function take(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = reader.at;
  const match = pattern.exec(reader.text);
  if (match === null) return undefined;
  reader.at = pattern.lastIndex;
  return match;
}

/** A quote ends the string when the header ends or goes on behind it, with or without a comma; any other one is text. */
const CLOSING = new RegExp(
  `"[ \\t]*(?:$|,[\\s,]*(?:$|${TCHAR}+(?:[ \\t]+${TEXT68})?[ \\t]*(?:[=,]|$))|(?<=[ \\t])${TCHAR}+[ \\t]*=)`,
  'y',
);
const CONTENT = /[^"\\]+|\\.?/sy;

function takeQuoted(reader: Reader): string {
  const { text } = reader;
  let value = '';
  for (reader.at += 1; reader.at < text.length; ) {
    const content = take(reader, CONTENT)?.[0];
    if (content !== undefined) {
      value += content.startsWith('\\') ? content.slice(1) : content;
      continue;
    }
    CLOSING.lastIndex = reader.at;
    reader.at += 1;
    if (CLOSING.test(text)) return value;
    value += '"';
  }
  return value;
}

/** What a refusal's challenges say of the bearer token that was sent. */
type ChallengeVerdict = 'another-token-may-help' | 'stands' | 'dpop-wanted';

/**
 * Whether a refusal may be answered by repeating the request with another token, by its `WWW-Authenticate` (RFC 6750 §3.1).
 * Challenges of other schemes say nothing of a bearer token: with only those, or with none, another token may help.
 *
 * - `'stands'`: each Bearer challenge names an error that another token does not cure, or none names an error and a DPoP
 *   challenge names such a one
 * - `'dpop-wanted'`: a DPoP challenge and no Bearer challenge (RFC 9449 §7.1): no bearer token is taken
 */
export function verdictOf(header: string | readonly string[] | undefined): ChallengeVerdict {
  const challenges = parseChallenges(header);
  const bearer = challenges.filter(({ scheme }) => scheme === 'bearer');
  const dpop = challenges.filter(({ scheme }) => scheme === 'dpop');
  if (bearer.length === 0) return dpop.length > 0 ? 'dpop-wanted' : 'another-token-may-help';
  if (bearer.every(isFinal)) return 'stands';
  const stands = dpop.some(isFinal) && !bearer.some(({ params }) => params.has('error'));
  return stands ? 'stands' : 'another-token-may-help';
}

function isFinal({ params }: Challenge): boolean {
  return FINAL.has(params.get('error')?.toLowerCase() ?? '');
}

/** RFC 6750 §3.1 and, for the last one, RFC 9470 §3. */
const FINAL: ReadonlySet<string> = new Set([
  'insufficient_scope',
  'invalid_request',
  'insufficient_user_authentication',
]);
