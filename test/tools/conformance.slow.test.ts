/** Every row of `npm run conformance`, run as a process; needs the packages built, as `npm test` does first. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { themes } from '../../conformance/rows.js';
import { type RunningExample, runExample } from '../examples/run-example.js';

interface Outcome {
  readonly says: string;
  readonly cells: readonly { readonly kept?: boolean; readonly why?: string; readonly message?: string }[];
}

let running: RunningExample;
let outcomes: readonly Outcome[];

beforeAll(async () => {
  running = runExample(new URL('../../conformance/main.js', import.meta.url), { args: ['--json'], limit: 590_000 });
  await running.ended;
  const lines = running.output().split('\n');
  outcomes = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Outcome);
}, 600_000);
afterAll(() => running.kill('SIGKILL'));

describe.each(themes)('conformance: $name', ({ rows }) => {
  it.each(rows.map(({ says }) => says))('%s', (says) => {
    const cells = outcomes.find((outcome) => outcome.says === says)?.cells ?? [];
    expect(cells).toHaveLength(12);
    expect(cells.filter(({ kept, why }) => kept !== true && why === undefined)).toEqual([]);
    expect(cells).toContainEqual({ kept: true });
  });
});
