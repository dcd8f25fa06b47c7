/** How long a process takes until it can begin. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { interleave } from '../measuring/rounds.js';
import { number } from '../report/figures.js';
import { median } from '../report/statistics.js';

const run = promisify(execFile);
const MODULES = [
  ['oauth2-backend'],
  ['express-oauth2-backend'],
  ['got'],
  ['undici'],
  ['got', 'undici'],
  ['undici-oidc-interceptor'],
  ['@badgateway/oauth2-client'],
  ['simple-oauth2'],
  ['axios-oauth-client', 'axios', 'axios-token-interceptor'],
  ['openid-client'],
];

/** In a new process each time; the files are in the machine's cache. */
export async function imports(_world, { rounds }) {
  const modules = MODULES.map((names) => ({ title: names.map((name) => `\`${name}\``).join(' + '), names }));
  const results = await interleave(modules, rounds, measure);
  return {
    title: 'Import',
    text: `Milliseconds of \`import()\` in a new process, median of ${rounds} interleaved rounds.`,
    columns: ['module', 'ms'],
    rows: modules.map(({ title }) => [title, number(median(results.get(title)))]),
    figures: [],
  };
}

async function measure({ names }) {
  const script = `const started = performance.now();
    ${names.map((name) => `await import(${JSON.stringify(name)});`).join('\n')}
    console.log(performance.now() - started);
    process.exit();`;
  const { stdout } = await run(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
  });
  return Number(stdout);
}
