/** A deadline that counts the time in which this process could have noticed an answer. */

const STEPS = 5;

/**
 * Calls back after so many milliseconds, in steps: while a process is busy its timers are over before it has read what came
 * in, and a store would be blamed for that. It keeps the process alive: a script that waits for nothing else must get its token.
 *
 * @returns what ends it
 */
export function startDeadline(milliseconds: number, over: () => void): () => void {
  let left = STEPS;
  let timer = step();
  return () => clearTimeout(timer);

  function step(): NodeJS.Timeout {
    return setTimeout(() => {
      left -= 1;
      if (left === 0) over();
      else timer = step();
    }, milliseconds / STEPS);
  }
}
