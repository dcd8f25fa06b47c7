/** Where the clients below us make something else of an answer than the standards do. */
import type { Fault } from './catalogue/fault.js';

const nodeMajor = Number(process.versions.node.split('.')[0]);

const deviations: Readonly<Record<string, { undici?: Fault['outcome']; node?: Fault['outcome'] }>> = {
  // They take the reset for the end (against RFC 9112 §8); what came is judged as it is.
  'a reset of an answer that only the end of the connection would end': {
    undici: 200,
    node: nodeMajor < 24 ? 200 : 'failure',
  },
};

/** The fault with the outcome that it has under `client`: undici for token requests and all clients but got. */
export function under(client: 'undici' | 'node', fault: Fault): Fault {
  return { ...fault, outcome: deviations[fault.name]?.[client] ?? fault.outcome };
}
