/** A cap for the sockets of Node's own fetch. */
import { Agent, setGlobalDispatcher } from 'undici';

/** At most so many connections to an origin; `undefined` leaves Node's default. */
export function capFetch(connections) {
  if (connections !== undefined) setGlobalDispatcher(new Agent({ connections }));
}
