/** What is odd in answers that are good all the same: said once, however often it comes. */

/** Says something of an answer. @param kind what is said once */
export type Remark = (kind: string, message: string) => void;

/** Gives what says each kind of remark once, however many answers have it. */
export function remarks(say: (message: string) => void): Remark {
  const said = new Set<string>();
  return (kind, message) => {
    if (said.has(kind)) return;
    said.add(kind);
    say(message);
  };
}
