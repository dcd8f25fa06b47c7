/** Where a text stops being JSON. Node's own message repeats the text, which holds secrets, and does not always say where. */

const SPACE = /[ \t\n\r]*/y;
/** Without its last quote, so that it can be told where one goes wrong. */
const STRING = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*/uy;
const QUOTE = /"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

/** Line and column, from 1, of the first character that cannot be; nothing for what is JSON. */
export function jsonErrorIn(text: string): { readonly line: number; readonly column: number } | undefined {
  const at = errorAt(text);
  if (at === undefined) return undefined;
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Goes through the text with a stack of its own: one that is nested deep must not end the process. */
function errorAt(text: string): number | undefined {
  let at = 0;
  const open: ('{' | '[')[] = [];
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.test(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const eat = (...characters: string[]): string | undefined => {
    take(SPACE);
    const next = text[at];
    if (next === undefined || !characters.includes(next)) return undefined;
    at += 1;
    return next;
  };
  const string = (): boolean => {
    take(SPACE);
    return take(STRING) && take(QUOTE);
  };
  const name = (): boolean => string() && eat(':') !== undefined;

  for (;;) {
    const bracket = eat('{', '[');
    if (bracket === '{' || bracket === '[') {
      if (!eat(bracket === '{' ? '}' : ']')) {
        open.push(bracket);
        if (bracket === '{' && !name()) return at;
        continue;
      }
    } else if (text[at] === '"' ? !string() : !take(WORD) && !take(NUMBER)) return at;
    for (;;) {
      const around = open.at(-1);
      if (around === undefined) {
        take(SPACE);
        return at === text.length ? undefined : at;
      }
      const next = eat(',', around === '{' ? '}' : ']');
      if (next === undefined) return at;
      if (next === ',') {
        if (around === '{' && !name()) return at;
        break;
      }
      open.pop();
    }
  }
}
