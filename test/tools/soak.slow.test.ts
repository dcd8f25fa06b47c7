/** A short soak, run as a process; needs the packages built, as `npm test` does first. Counts only: memory needs longer. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { type RunningExample, runExample } from '../examples/run-example.js';

const main = new URL('../../soak/main.js', import.meta.url);

let running: RunningExample | undefined;

function run(...args: string[]): RunningExample {
  running = runExample(main, { args });
  return running;
}

afterEach(async () => {
  running?.kill('SIGKILL');
  await running?.ended;
});

describe('npm run soak -- --seconds 12', () => {
  it('holds every invariant while faults come and go', async () => {
    const soak = run('--seconds', '12');
    const code = await soak.ended;
    expect({ code, output: soak.output() }).toMatchObject({
      code: 0,
      output: expect.stringMatching(/\nsoak: passed\n$/),
    });
    expect(soak.output()).toMatch(/^soak: 12 s, seed \d+$/m);
    expect(soak.output()).toMatch(/^ +faults +.*\d+ × (token|api) /m);
    expect(soak.output()).toMatch(/^ +due a 200 +[1-9]\d* with a live token/m);
  }, 60_000);
});
