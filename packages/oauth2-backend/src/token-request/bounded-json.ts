/** JSON from outside, judged before it is parsed. */

const DEEPEST = 64;
/** No answer of use has nearly as many; the parser takes its time for each. */
const MOST_VALUES = 10_000;

/** The parsed value. @throws SyntaxError for what is no JSON, for lists and objects in one another more than 64 deep, and for more than 10,000 values */
export function parseBoundedJson(text: string): unknown {
  if (isExcessive(text)) throw new SyntaxError('JSON nested too deep, or of too many values');
  return JSON.parse(text);
}

/** Counts brackets and commas outside of strings. What it takes for a string in text that is no JSON, the parser refuses. */
function isExcessive(text: string): boolean {
  let depth = 0;
  let values = 1;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if (code === OPEN_LIST || code === OPEN_OBJECT) depth += 1;
    else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth -= 1;
    else if (code === COMMA) values += 1;
    if (depth > DEEPEST || values > MOST_VALUES) return true;
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
