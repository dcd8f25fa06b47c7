/** Which undici a dispatcher is made with: what is asked of those of other majors never ends, or fails. */

import { EventEmitter } from 'node:events';
import { Dispatcher } from 'undici';

/** The majors, as far as they can be told apart. */
type Major = '5 or 6' | '6' | '7' | '8 or newer';

/** Says of which undici the dispatcher is, when that is not ours; `undefined` also for one that is not made with undici. */
export function foreignMajor(dispatcher: object): { readonly its: Major; readonly ours: Major } | undefined {
  const [its, ours] = [majorOf(dispatcher), majorOf(Dispatcher.prototype)];
  return its === undefined || ours === undefined || its === ours ? undefined : { its, ours };
}

/**
 * No version is written anywhere in a dispatcher, and several copies of one major may be installed; but each major composes
 * in its own way. 7 gives an interceptor a handler of the new kind for one of the old; 6 makes a dispatcher around the one
 * that is composed, where 7 and 8 give the same one with another `dispatch`. Only the class `Dispatcher` itself is asked, on
 * an object that is none: nothing of the application's is called.
 */
function majorOf(dispatcher: object): Major | undefined {
  const base = dispatcherClass(dispatcher);
  if (!base) return undefined;
  if (!base.compose) return '5 or 6';
  try {
    let handler: object | undefined;
    const mark = {};
    const composed = base.compose.call({ dispatch() {}, mark }, () => (_options, given) => {
      handler = given;
      return true;
    });
    composed.dispatch({}, { onConnect() {}, onError() {} });
    if (!handler) return undefined;
    if ('onRequestStart' in handler) return '7';
    return composed.mark === mark ? '8 or newer' : '6';
  } catch {
    return undefined;
  }
}

type Dispatch = (options: object, handler: object) => boolean;

interface DispatcherClass {
  readonly dispatch: unknown;
  readonly close: unknown;
  readonly destroy: unknown;
  /** Not in the first releases of 6. */
  readonly compose?: (
    this: object,
    interceptor: (dispatch: Dispatch) => Dispatch,
  ) => { readonly dispatch: Dispatch; readonly mark?: unknown };
}

/** The prototype of undici's own class `Dispatcher`, right above Node's `EventEmitter`. */
function dispatcherClass(dispatcher: object): DispatcherClass | undefined {
  let below = dispatcher;
  // A Proxy can have prototypes without end.
  for (let depth = 0; depth < 100; depth++) {
    const above = Object.getPrototypeOf(below) as object | null;
    if (above === null) return undefined;
    if (above !== EventEmitter.prototype) below = above;
    else return isDispatcherClass(below) ? below : undefined;
  }
  return undefined;
}

function isDispatcherClass(prototype: object): prototype is DispatcherClass {
  return ['dispatch', 'close', 'destroy'].every((name) => Object.hasOwn(prototype, name));
}
