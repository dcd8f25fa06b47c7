/** A caller's signal that many calls may share. */

import { setMaxListeners } from 'node:events';

/** Lets any number of calls listen; Node warns from the eleventh on. Signals of other makers are left alone. */
export function sharedSignal<S extends AbortSignal | null | undefined>(signal: S): S {
  // Not 0: with that, undici's fetch throws on Node 20.
  if (signal instanceof EventTarget) setMaxListeners(Number.POSITIVE_INFINITY, signal);
  return signal;
}
