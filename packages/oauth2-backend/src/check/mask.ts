/** Takes secrets, and what a terminal would act on, out of texts. */

import { stripVTControlCharacters } from 'node:util';
import { encodeFormValue } from '../token-request/form-encoding.js';
import { type Forms, formsOf, repetition } from '../token-request/repetition.js';
import { LEFT_OUT } from '../token-request/untrusted-text.js';

/** What stands for a secret. */
export const MASKED = '•••';

/** Knows secrets, and what a text may show. */
export interface Mask {
  /** From now on it shows nowhere, in no spelling. */
  add(secret: string): void;
  /**
   * The text on one line, without control characters and secrets, cut.
   *
   * @param longest characters, default 300
   */
  text(value: string, longest?: number): string;
}

const LONGEST = 300;
/** Shorter ones could be a part of any word: they are masked where they stand alone. */
const WORD = 8;

export function mask(): Mask {
  const secrets = new Map<string, Forms>();
  /** Each spelling with what finds it; the longest first. */
  let spellings: readonly RegExp[] | undefined;

  return {
    add(secret) {
      const bare = secret.trim();
      if (bare === '' || secrets.has(bare)) return;
      secrets.set(bare, formsOf(bare));
      spellings = undefined;
    },
    text(value, longest = LONGEST) {
      spellings ??= spellingsOf([...secrets.keys()]);
      // Cut first: what follows takes time for each character.
      const line = oneLine(value.slice(0, 4 * longest));
      const masked = spellings.reduce((text, spelling) => text.replaceAll(spelling, MASKED), line);
      const shown = [...secrets.values()].some(repetition(masked)) ? `${LEFT_OUT} it repeats a secret]` : masked;
      return shown.length > longest ? `${shown.slice(0, longest - 1)}…` : shown;
    },
  };
}

/** Without what a terminal would act on, or what nobody sees. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ')
    .trim();
}

function spellingsOf(secrets: readonly string[]): RegExp[] {
  const all = new Set(secrets.flatMap(spell));
  return [...all].toSorted((one, other) => other.length - one.length).map(finder);
}

/** As it is, as JSON, in a URL, in a form, in Base64 at each of its three alignments, in hexadecimal digits. */
function spell(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const plain = [
    oneLine(secret),
    JSON.stringify(secret).slice(1, -1),
    encodeFormValue(secret),
    encodeURIComponent(secret),
  ];
  if (secret.length < WORD) return plain;
  const aligned = [0, 1, 2].flatMap((start) => {
    const part = bytes.subarray(start, start + 3 * Math.floor((bytes.length - start) / 3));
    return [part.toString('base64'), part.toString('base64url')];
  });
  return [...plain, ...aligned, bytes.toString('hex')];
}

function finder(spelling: string): RegExp {
  const literal = spelling.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return spelling.length < WORD ? new RegExp(`(?<![\\w])${literal}(?![\\w])`, 'gu') : new RegExp(literal, 'giu');
}
