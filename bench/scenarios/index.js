/** What is measured, by the name that `--only` takes, in the order of the results. */
import { coldHerd } from './cold-herd.js';
import { express } from './express.js';
import { forward } from './forward.js';
import { imports } from './imports.js';
import { largeBodies } from './large-bodies.js';
import { memory } from './memory.js';
import { outage } from './outage.js';
import { ownCpu } from './own-cpu.js';
import { refused } from './refused.js';
import { rotation } from './rotation.js';
import { store } from './store.js';
import { token } from './token.js';
import { users } from './users.js';
import { warm } from './warm.js';

/** Each is `(world, effort) => { title, text, columns, rows, figures, image? }`, `{ title, leftOut, figures: [] }` where the machine lacks what it needs, and throws when something does not work. */
export const scenarios = {
  warm,
  cpu: ownCpu,
  express,
  token,
  herd: coldHerd,
  rotation,
  outage,
  refused,
  users,
  memory,
  imports,
  forward,
  large: largeBodies,
  store,
};
