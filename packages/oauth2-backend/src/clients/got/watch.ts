/** Watching Node's request below got, and keeping a 401 from got until it is judged: got would read all of it first. */

import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** Who is told. */
export interface RequestWatcher {
  /** The request has been written, and no answer has come yet. */
  onSent(): void;
  /** The head of the answer is here, before got hears of it. */
  onResponse(response: IncomingMessage): void;
  /** There will be no more of it. */
  onClose(): void;
  /** Judges a 401; gives whether got is to have it. A rejection becomes the request's error. */
  readonly judge?: ((response: IncomingMessage) => Promise<boolean>) | undefined;
}

/** Watches a request. In place of a listener for each event, because there is a request for each call. */
export function watchRequest(request: ClientRequest, watcher: RequestWatcher): void {
  const { emit } = request;
  const { judge } = watcher;
  let answered = false;
  let judging = false;
  let broken: unknown;

  if (judge) {
    const { end } = request;
    // Newer Nodes tell of a broken connection here too.
    request.end = function endUnlessRefused(...given: unknown[]): ClientRequest {
      const done = given.at(-1);
      if (typeof done === 'function') given[given.length - 1] = (error?: unknown) => !(error && judging) && done(error);
      return end.apply(request, given as never);
    } as ClientRequest['end'];
  }
  request.emit = function emitWatched(...given: [event: string | symbol, ...args: unknown[]]): boolean {
    const [event, first] = given;
    if (event === 'finish') {
      // Some servers answer before they have read all.
      if (!answered) watcher.onSent();
    } else if (event === 'response') {
      answered = true;
      const response = first as IncomingMessage;
      watcher.onResponse(response);
      if (judge && response.statusCode === 401) {
        hold(judge(response), response);
        return true;
      }
    } else if (event === 'close') watcher.onClose();
    else if (event === 'error' && judging && isSystemError(first)) {
      // The connection may break while the 401 is judged: the 401 has been heard all the same.
      broken = first;
      return true;
    } else if (event === 'upgrade' || event === 'connect') {
      // got listens itself, so Node would leave the connection open and the caller waiting.
      (given[2] as Socket).destroy();
      return emit.call(request, 'error', new Error('the server switched protocols'));
    }
    return emit.apply(request, given as never);
  };

  function hold(judged: Promise<boolean>, response: IncomingMessage): void {
    judging = true;
    const pass = (wanted: boolean) => {
      if (!wanted) return;
      judging = false;
      if (response.destroyed && !response.complete) fail(broken ?? new Error('the answer broke off'));
      else emit.call(request, 'response', response);
    };
    judged.then(pass).catch(fail);
  }

  /** got may have left already: an error that nobody hears ends the process. */
  function fail(error: unknown): void {
    if (request.listenerCount('error') > 0) emit.call(request, 'error', error);
    request.destroy();
  }
}

/** Told by its `syscall`; got's own time limits have none. */
function isSystemError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'syscall' in error;
}
