/** Jest reporter whose last line counts everything that did not pass, suites that failed to load included. */

/**
 * Gives the one line that sums up a run: `jest: 12 passed, 0 failed, 1 skipped`.
 *
 * @param {{ numPassedTests: number, numFailedTests: number, numRuntimeErrorTestSuites: number, numPendingTests: number, numTodoTests: number }} results
 * @returns {string}
 */
export function summaryLine(results) {
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  return `jest: ${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped`;
}

/** Prints the line as the last one of the process. Jest wants a reporter as default export. */
export default class SummaryLineReporter {
  #line;

  onRunComplete(_contexts, results) {
    // Jest puts its own summary behind every custom reporter, whatever the order in the configuration.
    if (this.#line === undefined) process.once('exit', () => process.stdout.write(`${this.#line}\n`));
    this.#line = summaryLine(results);
  }
}
