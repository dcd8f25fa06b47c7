/** Keeping a 401 from got until it is judged: got would read all of it first. */

import type { ClientRequest, IncomingMessage } from 'node:http';

/**
 * Judges each 401 before got hears of it.
 *
 * @param judge gives whether got is to have it; a rejection becomes the request's error
 */
export function holdRefusal(request: ClientRequest, judge: (response: IncomingMessage) => Promise<boolean>): void {
  const emit = request.emit;
  let judging = false;
  let broken: unknown;

  const end = request.end as (...given: unknown[]) => ClientRequest;
  // Newer Nodes tell of a broken connection here too.
  request.end = function endUnlessRefused(...given: unknown[]): ClientRequest {
    const done = given.at(-1);
    if (typeof done !== 'function') return end.apply(request, given);
    return end.apply(request, [
      ...given.slice(0, -1),
      (error?: unknown) => (error && judging ? undefined : done(error)),
    ]);
  } as ClientRequest['end'];
  request.emit = function emitUnlessRefused(event: string | symbol, ...args: unknown[]): boolean {
    // The connection may break while the 401 is judged: the 401 has been heard all the same.
    if (judging && event === 'error' && isSystemError(args[0])) {
      broken = args[0];
      return true;
    }
    const response = args[0] as IncomingMessage;
    if (event !== 'response' || response.statusCode !== 401) return emit.apply(request, [event, ...args]);
    judging = true;
    const pass = (wanted: boolean) => {
      if (!wanted) return;
      judging = false;
      if (response.destroyed && !response.complete) fail(broken ?? new Error('the answer broke off'));
      else emit.call(request, 'response', response);
    };
    judge(response).then(pass).catch(fail);
    return true;
  };

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
