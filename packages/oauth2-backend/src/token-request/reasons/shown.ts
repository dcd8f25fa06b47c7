/** Text of the configuration, made fit for one line of an error. */

/** Without characters that nobody sees, and cut. */
export function shown(text: string, longest = 200): string {
  const seen = text.slice(0, 4 * longest).replaceAll(/\p{C}|\p{Zl}|\p{Zp}/gu, ' ');
  return seen.length > longest ? `${seen.slice(0, longest - 1)}…` : seen;
}

const LONGEST_LINE = 700;

/** One line: what happened, then why and what to look at. What is `undefined` is left out. */
export function errorLine(head: string, ...reasons: readonly (string | undefined)[]): string {
  const given = reasons.filter((reason) => reason !== undefined && reason !== '');
  const line = given.length === 0 ? head : `${head}: ${given.join('; ')}`;
  return shown(line, LONGEST_LINE);
}
