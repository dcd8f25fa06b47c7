/** One contender in a process of its own: `node contender-process.js NAME`. */
import { burst, closedLoop, openLoop } from '../measuring/load.js';
import { memory, watchMemory } from '../measuring/memory.js';
import { answerParent } from './answer-parent.js';

const [name] = process.argv.slice(2);
let get;

// A peer whose promises are left dangling while the token endpoint is down must not end the process.
process.on('unhandledRejection', () => {});

answerParent({
  async open(options) {
    const contender = await import(`../contenders/${name}.js`);
    get = await contender.open(options);
  },
  closedLoop: ({ path = '/data', ...load }) => closedLoop(() => get(path), load),
  openLoop: ({ path = '/data', ...load }) => openLoop(() => get(path), load),
  burst: ({ path = '/data', ...load }) => burst(() => get(path), load),
  memory,
  watchMemory,
});
