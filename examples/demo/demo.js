/** Runs the demo from start to end. */
import { once } from 'node:events';
import { reporter } from './report.js';
import { coldStart } from './steps/cold-start.js';
import { foreignRedirect } from './steps/foreign-redirect.js';
import { renewal } from './steps/renewal.js';
import { revokedToken } from './steps/revoked-token.js';
import { warmRequests } from './steps/warm-requests.js';
import { startWorld } from './world.js';

const shownSteps = [coldStart, warmRequests, renewal, revokedToken, foreignRedirect];

/**
 * Starts the servers and applications (those of the demo unless others are given), runs the steps and prints what they found to `stdout`. Gives the exit code: 0 if
 * every step showed what it claims, else 1. With `serve` everything stays up until SIGINT or SIGTERM.
 */
export async function demo({ serve = false, apps, steps = shownSteps, stdout = process.stdout } = {}) {
  const started = performance.now();
  const report = reporter(stdout);
  const world = await startWorld(apps);
  try {
    report.line('oauth2-backend: two applications, an authorization server and an API');
    report.columns();
    let shown = 0;
    for (const [index, step] of steps.entries()) {
      report.step(index + 1, step);
      if (await run(step, world, report)) shown += 1;
    }
    const ok = shown === steps.length;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    report.summary(ok, `${shown} of ${steps.length} steps showed what they claim, in ${seconds} s`);
    if (serve) await keepUp(world, report);
    else report.line('  next: npm start -- --serve keeps all of it up, with curl lines to try');
    return ok ? 0 : 1;
  } finally {
    await world.close();
  }
}

async function run(step, world, report) {
  const { requests } = world.authorization;
  const asked = requests.length;
  try {
    const findings = await step.run(world);
    const shown = findings.map(report.finding).every(Boolean);
    report.tokens(requests.slice(asked).flatMap((request) => request.shown ?? []));
    return shown;
  } catch (error) {
    report.failure(error);
    return false;
  }
}

async function keepUp({ authorization, api, apps }, report) {
  authorization.life = 60;
  const [first, last] = [apps.at(0), apps.at(-1)];
  const lines = [
    [
      'call an application: its request to the API carries a token',
      ...apps.map(({ origin }) => `curl ${origin}/invoices`),
    ],
    [
      'what the token endpoint saw, and what the API saw',
      `curl ${authorization.issuer}/demo/token-requests`,
      `curl ${api.origin}/demo/requests`,
    ],
    ['without a token the API refuses', `curl -i ${api.origin}/invoices`],
    [
      'revoke all tokens, then call again: refused, renewed, repeated',
      `curl -X POST ${authorization.issuer}/demo/revoke`,
      `curl -d '{"amount":42}' ${last.origin}/invoices`,
    ],
    ['a redirect to a foreign host comes back as it is', `curl ${first.origin}/moved`],
  ];
  for (const [title, ...commands] of lines) {
    report.line();
    report.line(`# ${title}`);
    for (const command of commands) report.line(command);
  }
  report.line();
  report.line(`New tokens live ${authorization.life} s. Ctrl-C ends it.`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}
