/** The demo of `npm start -- fleet`, run as a process; needs the packages built, as `npm test` does first. */
import { describe, expect, it } from '@jest/globals';
import { redisInstalled } from 'test-servers/redis-server';
import { runExample } from './run-example.js';

const main = new URL('../../examples/demo/main.js', import.meta.url);
const suite = redisInstalled() ? describe : describe.skip;

suite('npm start -- fleet', () => {
  it('shows that eight processes with a store ask as one, and that no request fails whatever is killed', async () => {
    const demo = runExample(main, { args: ['fleet'], limit: 100_000 });
    expect({ code: await demo.ended, output: demo.output() }).toMatchObject({ code: 0 });
    const lines = demo.output().split('\n');
    const acts = lines.flatMap((line) => {
      const [, name, asked, minute, answered, failed] = line.match(/^ {2}(\S.*?) +(\d+) +(\d+) +(\d+) +(\d+)$/) ?? [];
      return name === undefined ? [] : [{ name, asked: Number(asked), minute: Number(minute), answered, failed }];
    });
    const [alone, shared, ...troubled] = acts;
    expect(troubled).toHaveLength(2);
    expect(alone?.asked).toBeGreaterThanOrEqual(8);
    expect(shared?.asked).toBeLessThanOrEqual(3);
    expect(acts.map(({ failed }) => failed)).toEqual(['0', '0', '0', '0']);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(demo.output()).not.toMatch(/oidc-provider|warning|eyJ/i);
  }, 110_000);
});
