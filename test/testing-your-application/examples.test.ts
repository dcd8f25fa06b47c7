/** The test suites of the example projects, run as their owners run them; needs the build, as `npm test` does first. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, '../..');

describe.each([
  ['esm-jest', /^Tests: +2 passed, 2 total$/m],
  ['commonjs-jest', /^Tests: +2 passed, 2 total$/m],
  ['node-test', /^\S+ pass 2$/m],
])('npm test in examples/testing/%s', (project, passed) => {
  it('passes though no secret is set and no server runs', async () => {
    const { stdout, stderr } = await run('npm', ['test'], {
      cwd: join(repository, 'examples/testing', project),
      env: { PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter), NO_COLOR: '1' },
      timeout: 60_000,
    });
    expect(stdout + stderr).toMatch(passed);
  }, 70_000);
});

describe('README.md', () => {
  it.each([
    'esm-jest/shop.test.js',
    'commonjs-jest/jest.config.js',
    'commonjs-jest/jest-environment.js',
    'commonjs-jest/jest-setup.js',
  ])('shows examples/testing/%s as it is run', async (file) => {
    const code = await readFile(join(repository, 'examples/testing', file), 'utf8');
    const readme = await readFile(join(repository, 'README.md'), 'utf8');
    expect(readme).toContain(`\`\`\`javascript\n${code}\`\`\`\n`);
  });
});
