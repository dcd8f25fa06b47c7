/** The entry of `npm start`. */
import { demo } from './demo.js';

const usage = `usage: npm start [-- --serve]

  --serve   when the steps are done keep everything up, with curl lines to try
  --help    print this`;

const args = process.argv.slice(2);

if (args.includes('--help')) {
  console.log(usage);
} else if (args.some((argument) => argument !== '--serve')) {
  console.error(usage);
  process.exitCode = 2;
} else {
  void start();
}

async function start() {
  try {
    process.exitCode = await demo({ serve: args.includes('--serve') });
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
}
