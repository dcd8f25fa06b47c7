/** JSON from outside, judged before it is parsed. */

const DEEPEST = 64;
/** Commas outside of strings: making so many members is what takes a parser's time. */
const MOST_COMMAS = 100_000;

/** The parsed value. @throws SyntaxError for what is no JSON, for lists and objects in one another more than 64 deep, and for more than 100 000 members */
export function parseBoundedJson(text: string): unknown {
  if (isTooMuch(text)) throw new SyntaxError('JSON of too many members, or nested too deep');
  return JSON.parse(text);
}

/** A member of an object from outside. Own properties only: `__proto__`, `constructor` and friends are data here. */
export function memberOf(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined;
}

/** Counts brackets and commas outside of strings. What it takes for a string in text that is no JSON, the parser refuses. */
function isTooMuch(text: string): boolean {
  let depth = 0;
  let commas = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if (code === OPEN_LIST || code === OPEN_OBJECT) depth += 1;
    else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth -= 1;
    else if (code === COMMA) commas += 1;
    if (depth > DEEPEST || commas > MOST_COMMAS) return true;
  }
  return false;
}

function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) return index;
    if (code === BACKSLASH) index += 1;
  }
  return text.length;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
