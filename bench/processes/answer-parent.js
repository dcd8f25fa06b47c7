/** The other end of `childProcess`. */

/** Answers the parent's questions with `methods`, `{ name: (data) => result }`, until it goes away. */
export function answerParent(methods) {
  process.on('message', (question) => void answer(methods, question));
  process.on('disconnect', () => process.exit(0));
}

async function answer(methods, { id, method, data }) {
  try {
    process.send({ id, result: await methods[method](data) });
  } catch (error) {
    process.send({ id, error: error instanceof Error ? error.stack : String(error) });
  }
}
