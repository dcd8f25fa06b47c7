/** What was sent, as far as it may be what a server refuses. */

import type { FormParameters } from '../form-encoding.js';
import { type SignedAssertion, scopeIn } from './sent-assertion.js';
import { shown } from './shown.js';

/** What grant and client authentication tell of themselves. */
export interface SentFacts {
  /** How the client has proved itself (RFC 7591 §2). */
  method?: string | undefined;
  /** How id and secret were written into Basic, where servers read their characters in two ways. */
  ambiguousBasic?: 'form' | 'raw' | undefined;
  /** Signed by us. */
  assertion?: SignedAssertion | undefined;
}

/** The request as it went out. */
export interface Sent extends Readonly<SentFacts> {
  readonly form: FormParameters;
}

/** Names alone: values may be secrets. */
export function sentNames({ form, method }: Sent): string {
  const names = Object.keys(form).toSorted();
  const header = method === 'client_secret_basic' ? ', and a header Authorization' : '';
  return `sent were the parameters ${shown(names.join(', '), MAX_NAMES)}${header}`;
}

/** An assertion may have it among its claims (Google). */
export function sentScope({ form, assertion }: Sent): string {
  const scope = textOf(form['scope']) ?? (assertion?.of === 'grant' ? scopeIn(assertion) : undefined);
  return scope === undefined ? 'no "scope" was asked for' : `asked for was the scope "${shown(scope)}"`;
}

/** Resource and audience name an API (RFC 8707, RFC 8693): they are no secrets, but for a query. */
export function sentTarget({ form }: Sent): string {
  const targets = ['resource', 'audience'].flatMap((name) => {
    const value = textOf(form[name]);
    return value === undefined
      ? []
      : [`${name} "${shown(value.replace(/(?<=^https?:[^?]*\?).+/is, '…'), MAX_TARGET)}"`];
  });
  return targets.length === 0
    ? 'neither "params.resource" nor "params.audience" was asked for'
    : `asked for was ${targets.join(', ')}`;
}

/** What mends it where a server reads id and secret in another way than they were written. */
export function basicReason({ ambiguousBasic: encoding }: SentFacts): string | undefined {
  if (encoding === undefined) return undefined;
  const other = encoding === 'form' ? 'raw' : 'form';
  return `client_id or client_secret has characters that servers read in two ways: try "basic_encoding": "${other}", or "client_secret_post"`;
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return value === undefined || typeof value === 'string' ? value : value.join(' ');
}

const MAX_NAMES = 200;
const MAX_TARGET = 150;
