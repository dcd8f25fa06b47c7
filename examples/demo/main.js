/** The entry of `npm start`. */
import { demo } from './demo.js';
import { fleet } from './fleet/fleet.js';
import { onBehalfOfApps } from './on-behalf-of/apps.js';
import { onBehalfOfSteps } from './on-behalf-of/steps.js';

const usage = `usage: npm start [-- --serve]
       npm start -- on-behalf-of
       npm start -- fleet

  on-behalf-of   two users instead of one application: each with his own token
  fleet          eight processes that share their tokens; needs redis-server

  --serve   when the steps are done keep everything up, with curl lines to try
  --help    print this`;

const args = process.argv.slice(2);

if (args.includes('--help')) {
  console.log(usage);
} else if (args.length === 1 && args[0] === 'on-behalf-of') {
  void start(() => demo({ apps: onBehalfOfApps, steps: onBehalfOfSteps }));
} else if (args.length === 1 && args[0] === 'fleet') {
  void start(fleet);
} else if (args.some((argument) => argument !== '--serve')) {
  console.error(usage);
  process.exitCode = 2;
} else {
  void start(() => demo({ serve: args.includes('--serve') }));
}

async function start(run) {
  try {
    process.exitCode = await run();
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
}
