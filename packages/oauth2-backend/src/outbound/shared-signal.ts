/** A caller's signal that many calls may share. */

import { setMaxListeners } from 'node:events';

/** Lets any number of calls listen; Node warns from the eleventh on. Signals of other makers are left alone. */
export function sharedSignal<S>(signal: S): S {
  if (signal instanceof EventTarget && !prepared.has(signal)) {
    // Not 0: with that, undici's fetch throws on Node 20.
    setMaxListeners(Number.POSITIVE_INFINITY, signal);
    prepared.add(signal);
  }
  return signal;
}

const prepared = new WeakSet<EventTarget>();
