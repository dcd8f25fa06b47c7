/** Several listeners for `upgrade` on one server: Node asks each of them, and whoever takes a socket has it. */

import { EventEmitter } from 'node:events';

/** A listener for a server's `upgrade`. */
export type Listener = (...given: never[]) => void;

const ours = new WeakSet<Listener>();
const taken = new WeakSet<object>();

/** Makes a listener known as one of ours. */
export function ourListener<L extends Listener>(listener: L): L {
  ours.add(listener);
  return listener;
}

/** Takes a socket; `false` where another of ours has it. */
export function take(socket: object): boolean {
  if (taken.has(socket)) return false;
  taken.add(socket);
  return true;
}

/** Whether nobody else will answer what this listener leaves: it is the last one of a server that has ours alone. */
export function isLast(server: unknown, listener: Listener): boolean {
  if (!(server instanceof EventEmitter)) return false;
  const all = server.listeners('upgrade') as Listener[];
  return all.at(-1) === listener && all.every((each) => ours.has(each));
}
