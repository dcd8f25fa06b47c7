/** got's cancelable promise with its shortcuts, over a call that may take several attempts. */

import { type CancelableRequest, CancelError } from 'got';

/** What the caller has asked of the promise so far, and where it stands. */
export interface Progress {
  /** `.json()` was called: the request accepts JSON unless it says otherwise. */
  readonly wantsJson: boolean;
  /** Hands over the attempt that is under way now. */
  adopt(attempt: CancelableRequest<never>): void;
  /** Called when the caller cancels. */
  onCancel: () => void;
}

type Shortcut = 'json' | 'text' | 'buffer';
type Listener = [event: never, listener: never];

/**
 * Runs a call a turn later, so that `.json()` behind it is heard in time.
 *
 * @param fail what to reject with
 */
export function gotPromise(
  run: (progress: Progress) => Promise<unknown>,
  fail: (error: unknown) => unknown,
): CancelableRequest<never> {
  const listeners: Listener[] = [];
  const state = { wantsJson: false, canceled: false };
  let attempt: CancelableRequest<never> | undefined;
  let reject: (error: unknown) => void;

  const progress: Progress = {
    get wantsJson() {
      return state.wantsJson;
    },
    adopt(next) {
      attempt = next;
      for (const listener of listeners) void next.on(...listener);
    },
    onCancel: () => {},
  };
  const result = new Promise((resolve, rejectResult) => {
    reject = rejectResult;
    queueMicrotask(() => {
      if (!state.canceled) run(progress).then(resolve, rejectResult);
    });
  });
  return decorate(result);

  function decorate(promise: Promise<unknown>): CancelableRequest<never> {
    const methods = {
      json: () => shortcut(promise, 'json'),
      text: () => shortcut(promise, 'text'),
      buffer: () => shortcut(promise, 'buffer'),
      on(...listener: Listener) {
        listeners.push(listener);
        void attempt?.on(...listener);
        return promise;
      },
      off(...listener: Listener) {
        const index = listeners.findIndex(([event, heard]) => event === listener[0] && heard === listener[1]);
        if (index >= 0) listeners.splice(index, 1);
        void attempt?.off(...listener);
        return promise;
      },
      cancel() {
        if (state.canceled) return;
        state.canceled = true;
        // Its constructor reads nothing of a request that never was.
        reject(new CancelError({} as never));
        progress.onCancel();
        attempt?.cancel();
      },
    };
    void Object.defineProperty(promise, 'isCanceled', { get: () => state.canceled });
    return Object.assign(promise, methods) as unknown as CancelableRequest<never>;
  }

  function shortcut(promise: Promise<unknown>, type: Shortcut): CancelableRequest<never> {
    if (type === 'json') state.wantsJson = true;
    const parse = async () => {
      await promise;
      try {
        return await attempt?.[type]();
      } catch (error) {
        throw fail(error);
      }
    };
    return decorate(parse());
  }
}
