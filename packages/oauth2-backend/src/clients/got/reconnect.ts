/** A request of got's that is sent once more when the connection that it has reused dies before the first byte of an answer. */

import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { isLoss } from '../../transport/lost-connections.js';

interface ReconnectOptions {
  /** Whether bytes that got sends are a copy: the caller may change others. */
  readonly copied: boolean;
  /** Gives the second request, on a new connection; `undefined` where nobody waits for it any more. */
  readonly open: () => ClientRequest | undefined;
}

/**
 * Keeps a loss of the reused connection from whoever listens to the request, who then hears of a second one in its place. What
 * has a body is sent again where got has it whole: it writes text and bytes at once.
 *
 * @param request not sent yet, of a method that may be repeated; it is watched already, so that the second is watched too
 */
export function reconnectOnce(request: ClientRequest, { copied, open }: ReconnectOptions): void {
  const { emit, destroy, write, end } = request;
  /** What was written: `undefined` for what cannot be again. */
  let body: string | Uint8Array | null | undefined = null;
  /** What the connection had brought before the request was written. */
  let before = 0;
  let left = false;
  let second: ClientRequest | undefined;
  const unwritten: (() => void)[] = [];

  request.emit = function emitUnlessLost(...given: [event: string | symbol, ...args: unknown[]]): boolean {
    const [event, first] = given;
    if (second && RELAYED.has(event)) return false;
    if (event === 'socket') before = (first as Socket).bytesRead;
    else if (event === 'error' && isLost(first) && sendAgain()) return true;
    return emit.apply(request, given as never);
  };
  request.destroy = (error) => {
    left = true;
    second?.destroy(error);
    return destroy.call(request, error);
  };
  request.write = ((...given: unknown[]) => {
    keep(given[0]);
    return write.apply(request, withoutFailure(given) as never);
  }) as ClientRequest['write'];
  request.end = ((...given: unknown[]) => {
    if (given[0] !== undefined && typeof given[0] !== 'function') keep(given[0]);
    return end.apply(request, withoutFailure(given) as never);
  }) as ClientRequest['end'];

  function keep(chunk: unknown): void {
    const whole = body === null && (typeof chunk === 'string' || copied);
    body = whole ? (chunk as string | Uint8Array) : undefined;
  }

  function isLost(error: unknown): boolean {
    const { writableEnded, socket } = request;
    // Not `reusedSocket`: a request that has waited for the connection does not have it.
    return !left && !second && before > 0 && writableEnded && isLoss(error) && socket?.bytesRead === before;
  }

  function sendAgain(): boolean {
    if (body === undefined) return false;
    second = open();
    if (!second) return false;
    for (const event of RELAYED) second.on(event, (...args: unknown[]) => emit.call(request, event, ...args));
    second.end(body ?? undefined);
    for (const tell of unwritten) tell();
    return true;
  }

  /** That something was not written is told by the request's `error` too, which may be kept back. */
  function withoutFailure(given: unknown[]): unknown[] {
    const done: unknown = given.at(-1);
    if (typeof done !== 'function') return given;
    const settle = (error?: unknown): void => {
      if (!error || second) done();
      else unwritten.push(() => void done());
    };
    return [...given.slice(0, -1), settle];
  }
}

const RELAYED: ReadonlySet<string | symbol> = new Set(['finish', 'response', 'upgrade', 'connect', 'error', 'close']);
