/** The secrets that definitions hold, for the mask: found by their attributes' names, so that definitions that are refused have them too. */

import { readFileSync } from 'node:fs';
import { isNamedMembers } from '../definitions/schema/members.js';
import type { Mask } from './mask.js';

/** Their values are secrets, however deep. */
const SECRET = new Set([
  'add_query_params',
  'add_request_headers',
  'assertion',
  'actor_token',
  'basic_auth',
  'client_private_key',
  'client_secret',
  'key',
  'key_passphrase',
  'params',
  'password',
  'set_query_params',
  'set_request_headers',
  'subject_token',
]);
/** They hold one. Certificates are none. */
const FILES = new Set([
  'actor_token_file',
  'assertion_file',
  'client_private_key_file',
  'client_secret_file',
  'key_file',
  'key_passphrase_file',
  'password_file',
]);
/** What among them says something to everybody. */
const PUBLIC = new Set(['audience', 'resource']);
/** Of a key as JWK, or a service account's: the rest is public. */
const OF_KEYS = new Set(['d', 'dp', 'dq', 'k', 'p', 'private_key', 'q', 'qi']);
/** Their user info and query may hold one. */
const URLS = new Set(['issuer', 'origin', 'proxy', 'token_endpoint']);

/** Tells the mask every secret that stands in the definitions, or in a file that they name. */
export function addKnownSecrets(definitions: object, mask: Mask): void {
  const seen = new Set<object>();
  // A backend may have the name of an attribute.
  for (const [, backend] of entriesOf(definitions)) addBlock(backend, mask, seen);
}

/** @param seen objects that were looked at: what a module gives may go round in circles */
function addBlock(block: unknown, mask: Mask, seen: Set<object>): void {
  if (!isNamedMembers(block) || seen.has(block) || isSource(block)) return;
  seen.add(block);
  for (const [name, value] of entriesOf(block)) {
    if (FILES.has(name)) addFile(value, mask);
    else if (name === 'key') addKey(value, mask);
    else if (URLS.has(name)) addParts(value, mask);
    else if (SECRET.has(name)) addAll(value, mask, seen);
    else addBlock(value, mask, seen);
  }
}

/** What it holds is its own business, and may be much. */
function isSource(block: object): boolean {
  return typeof (block as { token?: unknown }).token === 'function';
}

/** What a getter throws is the library's to report. */
function entriesOf(object: object): [string, unknown][] {
  try {
    return Object.entries(object);
  } catch {
    return [];
  }
}

function addAll(value: unknown, mask: Mask, seen: Set<object>): void {
  if (typeof value === 'string') addText(value, mask);
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  for (const [name, each] of entriesOf(value)) if (!PUBLIC.has(name.toLowerCase())) addAll(each, mask, seen);
}

/** `user:pass`: the user may show, the pair and the password may not. */
function addText(text: string, mask: Mask): void {
  mask.add(text);
  const colon = text.indexOf(':');
  if (colon > 0) mask.add(text.slice(colon + 1));
}

function addFile(path: unknown, mask: Mask): void {
  if (typeof path !== 'string') return;
  try {
    addKey(readFileSync(path, 'utf8'), mask);
  } catch {
    // That it cannot be read is the library's to report.
  }
}

/** A key is PEM, a JWK or a service account, as an object or as JSON. */
function addKey(value: unknown, mask: Mask): void {
  if (typeof value === 'string') {
    mask.add(value);
    if (value.trimStart().startsWith('{')) addKey(parsed(value), mask);
  } else if (isNamedMembers(value)) {
    for (const [name, each] of entriesOf(value)) {
      if (OF_KEYS.has(name) && typeof each === 'string') mask.add(each);
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What of a URL may be secret: its user info and the values of its query. */
export function addParts(value: unknown, mask: Mask): void {
  if (typeof value !== 'string') return;
  const { username, password, searchParams } = urlOf(value) ?? {};
  for (const part of [username && password ? `${username}:${password}` : '', password ?? '']) mask.add(decoded(part));
  for (const [, part] of searchParams ?? []) mask.add(part);
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text, 'http://localhost') ? new URL(text, 'http://localhost') : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
