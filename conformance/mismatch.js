/** What a row expects, and one word for what was there instead. */
import { isDeepStrictEqual } from 'node:util';

/** A promise that was not kept. */
export class Mismatch extends Error {
  /** @param word what went wrong, as short as a cell of the table */
  constructor(word, message) {
    super(message);
    this.word = word;
  }
}

/** Throws a Mismatch with this word unless both are the same to the last member. */
export function same(word, got, wanted) {
  if (!isDeepStrictEqual(got, wanted)) throw new Mismatch(word, `${shown(got)} instead of ${shown(wanted)}`);
}

/** Throws a Mismatch with this word and message unless `fact` holds. */
export function holds(word, fact, message) {
  if (!fact) throw new Mismatch(word, message);
}

/** Throws a Mismatch with the status as its word unless the answer has this one. */
export function answers(answer, status) {
  const { status: got, text } = answer;
  if (got !== status) throw new Mismatch(String(got), `status ${got} instead of ${status}: ${text.slice(0, 200)}`);
}

/** How long `within` waits, in milliseconds: long for who shall keep a promise, on a busy machine too. */
export const patience = { milliseconds: 5_000 };

/** The promise's value, or a Mismatch when it does not come in time. */
export async function within(word, promise) {
  const { milliseconds } = patience;
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Mismatch(word, `nothing within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function shown(value) {
  const text = Buffer.isBuffer(value) ? value.toString('latin1') : (JSON.stringify(value) ?? String(value));
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text;
}
