/** Whether a text from outside repeats a secret, in whatever spelling: in time linear in the lengths of both. */

import { isUtf8 } from 'node:buffer';
import { encodeFormValue } from './form-encoding.js';

/** So many characters in a row are a piece of the secret; a shorter secret counts as a whole. */
const PIECE = 12;
/** Shorter ones are words like any other. */
const SHORTEST = 4;

/** Characters of all readings of a text together: one that has more is not read further, and counts as a repetition. */
const MOST_READ = 32 * 1024;

/** How a secret may be written, made comparable. */
export type Forms = readonly string[];

/**
 * Gives what tells for one secret after the other whether a piece of it stands in the text: plain, in other case or with gaps,
 * escaped for a URL, HTML or JSON, also twice, in Base64 or in hexadecimal digits.
 */
export function repetition(text: string): (secret: Forms) => boolean {
  const readings = readingsOf(text);
  if (!readings) return () => true;
  const texts = [...new Set(readings.flatMap(comparable))];
  const pieces = new Pieces(texts);

  return (secret) =>
    secret.some((form) => {
      if (form.length < SHORTEST) return false;
      return form.length <= PIECE ? texts.some((each) => each.includes(form)) : pieces.some(form);
    });
}

/** The text and what is left when escapes are undone, each of them, and once more; `undefined` where that is too much. */
function readingsOf(text: string): string[] | undefined {
  const readings = new Set([text]);
  let characters = text.length;
  for (let times = 0; times < 2; times++) {
    for (const read of [...readings].flatMap((each) => UNDOING.map((undo) => undo(each)))) {
      if (readings.has(read)) continue;
      readings.add(read);
      characters += read.length;
      if (characters > MOST_READ) return undefined;
    }
  }
  return [...readings];
}

const UNDOING = [
  (text: string) => text.replace(/\p{Cf}/gu, ''),
  unescaped,
  (text: string) => unescaped(text.replaceAll('+', ' ')),
  withoutEntities,
  withoutBackslashes,
];

/** With URL escapes undone, in whatever case and however many there are. */
function unescaped(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (run) => {
    const bytes = Buffer.from(run.replaceAll('%', ''), 'hex');
    return isUtf8(bytes) ? bytes.toString() : bytes.toString('latin1');
  });
}

/** With the character references undone that pages are escaped with: some servers do that to all their texts. */
function withoutEntities(text: string): string {
  return text.replace(ENTITY, (whole, decimal?: string, hexadecimal?: string, name = '') => {
    const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : (ENTITIES.get(name.toLowerCase()) ?? whole);
  });
}

const ENTITY = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi;
const ENTITIES = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** As a string in JSON or source text is read: servers repeat what they could not read as a literal. */
function withoutBackslashes(text: string): string {
  return text.replace(BACKSLASHED, (_, unit?: string, byte?: string, sign = '') => {
    const code = unit ?? byte;
    return code === undefined ? sign : String.fromCharCode(Number.parseInt(code, 16));
  });
}

/** What stands for a control character is none of what is compared. */
const BACKSLASHED = /\\(?:u([\da-f]{4})|x([\da-f]{2})|([^\w\s])|[bfnrt])/gi;

/** In one case, as it is and without what nobody sees and gaps; the two alphabets of Base64 differ in two characters. */
function comparable(text: string): string[] {
  const even = text.toLowerCase().replaceAll('-', '+').replaceAll('_', '/');
  return SEEN.test(even) ? [even] : [even, even.replaceAll(GAPS, '')];
}

const SEEN = /^[\x21-\x7e]*$/;
const GAPS = /[\s\p{C}\p{Default_Ignorable_Code_Point}]+/gu;

/** To be made once for each secret: it takes longer than to look for them. */
export function formsOf(secret: string): Forms {
  const spellings = new Set([secret, encodeFormValue(secret)]);
  return [...new Set([secret, ...[...spellings].flatMap(encoded)].flatMap(comparable))];
}

/**
 * In Base64, wherever the secret begins in what was encoded: its first one or two bytes may stand in a group with others. What is
 * no token also in digits, and as who takes UTF-8 for Latin-1 reads it.
 */
function encoded(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((start) => bytes.subarray(start).toString('base64url'));
  return bytes.length > LONGEST_TYPED ? base64 : [...base64, bytes.toString('hex'), bytes.toString('latin1')];
}

const LONGEST_TYPED = 512;

/** Every piece of some texts. Most pieces of a secret are ruled out by a rolling hash, without a string of their own. */
class Pieces {
  /** Whether a piece has this hash, by its lower bits: a bit for each. */
  readonly #hashes = new Uint8Array(TABLE / 8);
  readonly #pieces = new Set<string>();

  constructor(texts: readonly string[]) {
    for (const text of texts) {
      let hash = 0;
      for (let end = 1; end <= text.length; end++) {
        hash = rolled(hash, text, end);
        if (end < PIECE) continue;
        const byte = (hash & (TABLE - 1)) >> 3;
        this.#hashes[byte] = (this.#hashes[byte] ?? 0) | (1 << (hash & 7));
        this.#pieces.add(text.slice(end - PIECE, end));
      }
    }
  }

  /** Whether one of them stands in this text. */
  some(text: string): boolean {
    const hashes = this.#hashes;
    let hash = 0;
    for (let end = 1; end <= text.length; end++) {
      hash = rolled(hash, text, end);
      if (end < PIECE || ((hashes[(hash & (TABLE - 1)) >> 3] ?? 0) & (1 << (hash & 7))) === 0) continue;
      if (this.#pieces.has(text.slice(end - PIECE, end))) return true;
    }
    return false;
  }
}

const TABLE = 1 << 16;
const BASE = 0x01000193;
/** The weight of the character that leaves: BASE to the power of PIECE. */
const LEAVING = Array.from({ length: PIECE }).reduce<number>((product) => Math.imul(product, BASE), 1);

/** The hash of the piece that ends here, from that of the piece before it. */
function rolled(hash: number, text: string, end: number): number {
  const leaving = end > PIECE ? Math.imul(text.charCodeAt(end - PIECE - 1), LEAVING) : 0;
  return (Math.imul(hash, BASE) + text.charCodeAt(end - 1) - leaving) | 0;
}
