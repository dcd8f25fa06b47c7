/**
 * got's `request` function for one backend: it runs last, for each hop, retry and stream, after every hook.
 * What it does not take over from got's options cannot take the token elsewhere.
 */

import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { RequestFunction } from 'got';
import type { Bearer } from '../../bearer/bearer.js';
import type { Target } from '../../bearer/target.js';
import { memberOf } from '../../definitions/own-members.js';
import { completeHeaders, completePath } from '../../outbound/complete-request.js';
import type { OutboundCall } from '../../outbound/outbound-call.js';
import { headerRecord } from '../../outbound/request-headers.js';
import type { AccessToken } from '../../token.js';
import { explainOverflow } from '../../transport/header-overflow.js';
import { unaskedSwitch } from '../../transport/interim-answers.js';
import { REPEATABLE } from '../../transport/lost-connections.js';
import { hideInAnswer } from './failure.js';
import { reconnectOnce } from './reconnect.js';

export interface RequestFunctionOptions {
  readonly bearer: Bearer;
  readonly call: OutboundCall;
  /** The token for the first hop; later ones take the token of their time. */
  readonly token: AccessToken | undefined;
  /** Whether bytes that got sends are a copy: the caller may change others. */
  readonly copied: boolean;
  /** Called with each refusal instead of got; gives whether got is to see it. */
  readonly onRefused: (response: IncomingMessage, token: AccessToken) => Promise<boolean>;
}

type NativeOptions = Parameters<RequestFunction>[1];

/** A `request` function that checks the target, puts the token on and watches the limits. */
export function requestFunction(options: RequestFunctionOptions): RequestFunction {
  const { bearer, call } = options;
  let first = options.token;

  return function requestWithToken(url: URL, native: NativeOptions) {
    const { origin, path } = bearer.target.resolve(url);
    const headers = headerRecord(native.headers, bearer) ?? {};
    const held = first ?? call.ready(false);
    first = undefined;
    const target = { origin, path };
    return held instanceof Promise
      ? held.then((token) => send(target, native, headers, token))
      : send(target, native, headers, held);
  };

  function send(
    { origin, path }: Pick<Target, 'origin' | 'path'>,
    native: NativeOptions,
    headers: Record<string, string | string[]>,
    token: AccessToken | undefined,
  ): ClientRequest {
    const { settings } = call;
    const { copied, onRefused } = options;
    const { method, maxHeaderSize, family, localAddress } = native;
    const href = origin + completePath(path, settings.query);
    completeHeaders(headers, settings, bearer, token);
    const sent = { method, maxHeaderSize, family, localAddress, headers };
    const request = settings.transport.request(href, sent);
    // A stream that is shorter or longer than it says fails (Node 18.16; its types of 20 do not name it).
    (request as { strictContentLength?: boolean }).strictContentLength = true;
    watchRequest(request, {
      onSent: () => call.limitAnswer(),
      onResponse(response) {
        call.lift();
        hideInAnswer(response as IncomingMessage & { req: unknown });
        return call.isRefused(token, response.statusCode ?? 0);
      },
      onClose: () => call.lift(),
      judge: token ? (response) => onRefused(response, token) : undefined,
    });
    if (REPEATABLE.has(method ?? 'GET')) {
      const open = () => {
        if (call.aborted) return undefined;
        call.lift();
        settings.onReconnect(method ?? 'GET');
        return settings.transport.request(href, sent, true);
      };
      reconnectOnce(request, { copied, open });
    }
    return request;
  }
}

interface RequestWatcher {
  /** The request has been written, and no answer has come yet. */
  onSent(): void;
  /** The head of the answer is here, before got hears of it; gives whether it refuses the token. */
  onResponse(response: IncomingMessage): boolean;
  /** There will be no more of it. */
  onClose(): void;
  /** Judges a refusal; gives whether got is to have it. A rejection becomes the request's error. */
  readonly judge?: ((response: IncomingMessage) => Promise<boolean>) | undefined;
}

/** Watches a request. In place of a listener for each event, because there is a request for each call. */
function watchRequest(request: ClientRequest, watcher: RequestWatcher): void {
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
    if (event === 'error') explainOverflow(first, (request as { maxHeaderSize?: number }).maxHeaderSize ?? 0);
    if (event === 'finish') {
      // Some servers answer before they have read all.
      if (!answered) watcher.onSent();
    } else if (event === 'response') {
      answered = true;
      const response = first as IncomingMessage;
      // Node takes one without `Upgrade` for a final answer.
      if (response.statusCode === 101) {
        request.destroy();
        return emit.call(request, 'error', unaskedSwitch());
      }
      const refused = watcher.onResponse(response);
      if (judge && refused) {
        hold(judge(response), response);
        return true;
      }
    } else if (event === 'close') watcher.onClose();
    else if (event === 'error' && judging && isSystemError(first)) {
      // The connection may break while the refusal is judged: it has been heard all the same.
      broken = first;
      return true;
    } else if (event === 'upgrade' || event === 'connect') {
      // got listens itself, so Node would leave the connection open and the caller waiting.
      (given[2] as Socket).destroy();
      return emit.call(request, 'error', unaskedSwitch());
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
  return typeof error === 'object' && error !== null && Object.hasOwn(error, 'syscall');
}

/** What an answer says of the token that it refuses. */
export function refusalIn({ statusCode = 0, headers }: IncomingMessage): {
  status: number;
  challenges: string | undefined;
} {
  return { status: statusCode, challenges: memberOf(headers, 'www-authenticate') };
}
