/** What `npm run soak` refuses; needs the packages built, as `npm test` does first. */
import { describe, expect, it } from '@jest/globals';
import { runExample } from '../examples/run-example.js';

const main = new URL('../../soak/main.js', import.meta.url);

describe('npm run soak', () => {
  it.each([
    ['--seconds', '1'],
    ['--seed', 'x'],
    ['--minutes', '1'],
  ])('refuses %s %s with its usage and exits 2', async (...args) => {
    const soak = runExample(main, { args });
    expect(await soak.ended).toBe(2);
    expect(soak.output()).toMatch(/^usage: npm run soak \[-- --seconds 180\] \[--seed 123\]/);
  });
});
