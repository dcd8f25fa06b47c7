/** One got call that takes the token along and repeats from its original URL after a 401. */

import type { IncomingMessage } from 'node:http';
import type { CancelableRequest, Got, OptionsInit, RequestFunction } from 'got';
import type { Bearer } from '../../bearer/bearer.js';
import { OAuth2BackendError } from '../../errors.js';
import { dropAnswer } from '../../outbound/dropped-bodies.js';
import type { OutboundCall } from '../../outbound/outbound-call.js';
import type { AccessToken } from '../../token.js';
import type { EncodedOptions } from './body.js';
import { hideRequest } from './failure.js';
import { walkable } from './options.js';
import type { Progress } from './promise.js';
import { refusalIn, requestFunction } from './request-function.js';

interface RepeatOptions {
  readonly client: Got;
  readonly bearer: Bearer;
  readonly call: OutboundCall;
  readonly href: string;
  readonly encoded: EncodedOptions;
  readonly progress: Progress;
}

/** Gives what got gives for the last attempt. */
export async function gotWithRepeats(options: RepeatOptions): Promise<unknown> {
  const held = options.call.ready(options.encoded.replayable);
  let token = held instanceof Promise ? await held : held;

  for (;;) {
    const outcome = await sendOnce(options, token);
    if (!outcome.next) return outcome.answer;
    token = outcome.next;
  }
}

/** How an attempt ended: with got's answer, or with a token to repeat with. */
interface Outcome {
  readonly answer: unknown;
  readonly next: AccessToken | undefined;
}

function sendOnce(options: RepeatOptions, token: AccessToken | undefined): Promise<Outcome> {
  const { client, bearer, call, href, encoded, progress } = options;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      abandon(attempt);
      reject(error);
    };
    const onRefused = async (response: IncomingMessage, sent: AccessToken): Promise<boolean> => {
      let next: AccessToken | undefined;
      try {
        next = await call.afterRefusal(sent, { ...refusalIn(response), replayable: encoded.replayable });
      } catch (error) {
        fail(error);
        return false;
      }
      if (!next) return true;
      await dropAnswer(response);
      abandon(attempt);
      resolve({ answer: undefined, next });
      return false;
    };
    const sent = {
      ...encoded.options,
      ...(progress.wantsJson && { headers: acceptJson(encoded.options.headers, client) }),
      request: unretried(requestFunction({ bearer, call, token, copied: encoded.replayable, onRefused }), fail),
      // got 14.6 reads `aborted` and listens; it asks nothing else of a signal.
      signal: hasOnlookers(encoded.options, client) ? call.signal : call,
    } as OptionsInit;
    const attempt = client(href, walkable(sent, client.defaults.options)) as CancelableRequest<never>;
    progress.adopt(attempt);
    attempt.then((answer: unknown) => {
      if (typeof answer === 'object' && answer) hideRequest(answer, 'request');
      resolve({ answer, next: undefined });
    }, fail);
  });
}

/** An error of ours ends the call: got would ask the caller's `retry` first. */
function unretried(hop: RequestFunction, fail: (error: unknown) => void): RequestFunction {
  const failed = (error: unknown): never => {
    if (error instanceof OAuth2BackendError) fail(error);
    throw error;
  };

  return function requestOrFail(...given) {
    try {
      const request = hop(...given);
      return request instanceof Promise ? request.catch(failed) : request;
    } catch (error) {
      return failed(error);
    }
  };
}

function abandon(attempt: CancelableRequest<never>): void {
  attempt.catch(() => {});
  attempt.cancel();
}

/** Whether code of the caller's sees the options of the request, and may want a real signal in them. */
function hasOnlookers(options: OptionsInit, { defaults }: Got): boolean {
  if (options.hooks || defaults.handlers.length > 0) return true;
  for (const list of Object.values(defaults.options.hooks)) if (list.length > 0) return true;
  return false;
}

function acceptJson(headers: OptionsInit['headers'], client: Got): OptionsInit['headers'] {
  return hasAccept(headers) || hasAccept(client.defaults.options.headers)
    ? headers
    : { ...headers, accept: 'application/json' };
}

function hasAccept(headers: object | undefined): boolean {
  for (const name of Object.keys(headers ?? {})) if (name.toLowerCase() === 'accept') return true;
  return false;
}
