/** Every row of `npm run conformance`, run as a process; needs the packages built, as `npm test` does first. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { themes } from '../../conformance/rows.js';
import { tableWriter } from '../../conformance/table.js';
import { type RunningExample, runExample } from '../examples/run-example.js';

interface Outcome {
  readonly says: string;
  readonly cells: readonly { readonly kept?: boolean; readonly why?: string; readonly message?: string }[];
}

describe('npm run conformance:', () => {
  let running: RunningExample;
  let outcomes: readonly Outcome[];

  beforeAll(async () => {
    running = runExample(new URL('../../conformance/main.js', import.meta.url), { args: ['--json'], limit: 590_000 });
    await running.ended;
    const lines = running.output().split('\n');
    outcomes = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Outcome);
  }, 600_000);
  afterAll(() => running.kill('SIGKILL'));

  describe.each(themes)('$name', ({ rows }) => {
    it.each(rows.map(({ says }) => says))('%s', (says) => {
      const cells = outcomes.find((outcome) => outcome.says === says)?.cells ?? [];
      expect(cells).toHaveLength(12);
      expect(cells.filter(({ kept, why }) => kept !== true && why === undefined)).toEqual([]);
      expect(cells).toContainEqual({ kept: true });
    });
  });
});

describe('the table of npm run conformance', () => {
  const columns = [
    { name: 'Express 5', protocol: 'HTTP/1.1' },
    { name: 'Express 5', protocol: 'HTTP/2' },
  ];
  const rows = [{ says: 'It is kept' }, { says: 'It is broken' }];
  const kept = { cells: [{ kept: true }, { why: 'it has none' }], bare: [{ kept: true }, {}] };
  const broken = { kept: false, word: 'late', message: 'nothing within 5 ms' };
  const written = (colour: boolean, outcomes: { cells: object[]; bare: object[] }[]) => {
    const lines: string[] = [];
    const table = tableWriter({ columns, rows, colour, print: (line: string) => void lines.push(line) });
    table.head();
    for (const [index, outcome] of outcomes.entries()) table.row(rows[index] as (typeof rows)[0], outcome);
    return { passed: table.foot(5), text: lines.join('\n') };
  };

  it('has a sign for each cell, a word for the bare proxy, and says why a cell cannot be', () => {
    const { passed, text } = written(false, [kept]);
    expect(passed).toBe(true);
    expect(text).toMatch(/^It is kept +✓ +- +same +-$/m);
    expect(text).toContain('- It is kept: it has none');
    expect(text).toMatch(/\nconformance: passed, 2 rows, 4 cells, 5 s$/);
    expect(text).not.toContain('\u001b');
  });

  it('has failed with one that is red, and says what and where', () => {
    const { passed, text } = written(true, [kept, { cells: [broken, { kept: true }], bare: [broken, {}] }]);
    expect(passed).toBe(false);
    expect(text).toContain('✗ It is broken\n    late: nothing within 5 ms\n    (Express 5 over HTTP/1.1)');
    expect(text).toContain('\u001b[31m✗');
  });
});
