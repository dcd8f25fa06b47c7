/** Colours of a terminal, where somebody wants them. */

type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow';

/** Not into files and pipes, and not with `NO_COLOR` (no-color.org). */
export function wantsColours(isTTY: boolean | undefined, env: Readonly<Record<string, string | undefined>>): boolean {
  return isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}

/** Gives what puts a text in a style; without colours the text as it is. */
export function painter(colours: boolean): (style: Style, text: string) => string {
  return (style, text) => (colours ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text);
}

const CODES: Readonly<Record<Style, number>> = { bold: 1, dim: 2, green: 32, red: 31, yellow: 33 };
