/** What of an assertion of ours a server may not like. */

import { shown } from './shown.js';

/** An assertion that we have signed. */
export interface SignedAssertion {
  /** Whether it proves the client, or is the grant. */
  readonly of: 'client' | 'grant';
  readonly jwt: string;
}

const SHOWN = ['alg', 'typ', 'kid', 'x5t#S256', 'aud', 'iss'];
const MAX_VALUE = 150;
/** Seconds by which clocks may differ unmentioned. */
const SKEW = 5;

/** `sent: alg ES256, kid "x", aud "https://as.example.com", iss "shop": check the key registered for that kid, and …`; no word of the user. */
export function assertionReason({ of, jwt }: SignedAssertion): string {
  const [header = '', claims = ''] = jwt.split('.');
  const members: Record<string, unknown> = Object.assign(Object.create(null), partOf(claims), partOf(header));
  const facts = SHOWN.filter((name) => members[name] !== undefined).map(
    (name) => `${name} ${fact(members[name], name)}`,
  );
  const registered = members['kid'] === undefined ? 'the key that is registered' : 'the key registered for that kid';
  const key = of === 'client' && String(members['alg']).startsWith('HS') ? 'client_secret' : registered;
  const wanted =
    of === 'client' ? 'which aud the server wants ("issuer")' : 'what the server wants of iss, aud and sub';
  return `sent: ${facts.join(', ')}: check ${key}, and ${wanted}`;
}

/** The claim `scope`, if it is text. */
export function scopeIn({ jwt }: SignedAssertion): string | undefined {
  const scope: unknown = Object.entries(partOf(jwt.split('.')[1] ?? '')).find(([name]) => name === 'scope')?.[1];
  return typeof scope === 'string' ? scope : undefined;
}

/** By how much our clock differs from the server's: nothing within 5 s. @param moments milliseconds since the epoch: when it was asked, and when the answer was there */
export function clockReason(
  date: unknown,
  moments: { readonly asked: number; readonly answered: number },
): string | undefined {
  const server = typeof date === 'string' && date.length < 40 ? Date.parse(date) : Number.NaN;
  // A date is cut to the second.
  const ahead = Math.floor((moments.asked - (server + 999)) / 1000);
  const behind = Math.floor((server - moments.answered) / 1000);
  if (ahead > SKEW) return `our clock is ${ahead} s ahead of the server's`;
  return behind > SKEW ? `our clock is ${behind} s behind the server's` : undefined;
}

function partOf(part: string): object {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as object;
}

function fact(value: unknown, name: string): string {
  if (name === 'alg') return String(value);
  return shown(JSON.stringify(value, withoutQuery), MAX_VALUE);
}

/** The audience may be the token endpoint, whose query may hold a secret. */
function withoutQuery(_name: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/(?<=^https?:[^?]*\?).+/is, '…') : value;
}
