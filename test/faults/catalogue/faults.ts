/** Every fault of the catalogue. */
import { brokenAnswers } from './broken-answers.js';
import { connectionFaults } from './connection-faults.js';
import type { Fault } from './fault.js';
import { oddAnswers } from './odd-answers.js';

/** By what goes wrong; names are unique. */
export const faults: Readonly<Record<'connections' | 'broken answers' | 'odd answers', readonly Fault[]>> = {
  connections: connectionFaults,
  'broken answers': brokenAnswers,
  'odd answers': oddAnswers,
};
