/** Whether a text from outside repeats a secret, in whatever spelling: in time linear in the lengths of both. */

import { encodeFormValue } from './form-encoding.js';

/** So many characters in a row are a piece of the secret; a shorter secret counts as a whole. */
const PIECE = 12;
/** Shorter ones are words like any other. */
const SHORTEST = 4;

/** Gives what tells for one secret after the other whether a piece of it stands in the text: plain, escaped for a URL or for HTML, or in Base64. */
export function repetition(text: string): (secret: string) => boolean {
  const visible = text.replace(/\p{Cf}/gu, '');
  const variants = [text, visible, withoutEntities(visible)].flatMap((each) => [
    each,
    unescaped(each),
    unescaped(each.replaceAll('+', ' ')),
  ]);
  const texts = [...new Set(variants.map(oneAlphabet))];
  const pieces = new Pieces(texts);

  return (secret) =>
    formsOf(secret).some((form) => {
      if (form.length < SHORTEST) return false;
      return form.length <= PIECE ? texts.some((each) => each.includes(form)) : pieces.some(form);
    });
}

/** With URL escapes undone, in whatever case and however many there are. */
function unescaped(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString());
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

/** The two alphabets of Base64 differ in two characters. */
function oneAlphabet(text: string): string {
  return text.replaceAll('-', '+').replaceAll('_', '/');
}

function formsOf(secret: string): string[] {
  const spellings = new Set([secret, encodeFormValue(secret)]);
  return [secret, ...[...spellings].flatMap(encoded)].map(oneAlphabet);
}

/** In Base64, wherever the secret begins in what was encoded: its first one or two bytes may stand in a group with others. */
function encoded(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].map((start) => bytes.subarray(start).toString('base64url'));
}

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
