import { describe, expect, it } from '@jest/globals';
import { summaryLine } from './summary-line.js';

const nothing = {
  numPassedTests: 0,
  numFailedTests: 0,
  numRuntimeErrorTestSuites: 0,
  numPendingTests: 0,
  numTodoTests: 0,
};

describe('summaryLine(results)', () => {
  it('counts passed, failed and skipped tests', () => {
    const results = { ...nothing, numPassedTests: 5, numFailedTests: 2, numPendingTests: 1, numTodoTests: 3 };
    expect(summaryLine(results)).toBe('jest: 5 passed, 2 failed, 4 skipped');
  });

  it('counts a suite that failed to load as failed', () => {
    expect(summaryLine({ ...nothing, numPassedTests: 5, numRuntimeErrorTestSuites: 1 })).toBe(
      'jest: 5 passed, 1 failed, 0 skipped',
    );
  });
});
