/** What an application does to its process: what it prints, and what would end it. */

const PRINTS = ['log', 'info', 'warn', 'error', 'debug', 'trace'];

/** Watches until `stop()`, which puts everything back. */
export function watchProcess() {
  const printed = [];
  const uncaught = [];
  const onUncaught = (error) => void uncaught.push(error);
  const before = PRINTS.map((name) => [name, console[name]]);
  const { write } = process.stderr;
  for (const [name] of before) console[name] = (...given) => void printed.push(given.map(String).join(' '));
  process.stderr.write = (text, ...rest) => {
    printed.push(String(text));
    rest.findLast((each) => typeof each === 'function')?.();
    return true;
  };
  process.on('uncaughtException', onUncaught);
  process.on('unhandledRejection', onUncaught);
  return {
    printed,
    uncaught,
    stop() {
      process.off('uncaughtException', onUncaught);
      process.off('unhandledRejection', onUncaught);
      process.stderr.write = write;
      for (const [name, own] of before) console[name] = own;
    },
  };
}
