/** What is measured, by the name that `--only` takes, in the order of the results. */
import { coldHerd } from './scenarios/cold-herd.js';
import { express } from './scenarios/express.js';
import { forward } from './scenarios/forward.js';
import { imports } from './scenarios/imports.js';
import { largeBodies } from './scenarios/large-bodies.js';
import { memory } from './scenarios/memory.js';
import { outage } from './scenarios/outage.js';
import { ownCpu } from './scenarios/own-cpu.js';
import { refused } from './scenarios/refused.js';
import { rotation } from './scenarios/rotation.js';
import { store } from './scenarios/store.js';
import { token } from './scenarios/token.js';
import { users } from './scenarios/users.js';
import { warm } from './scenarios/warm.js';

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
