/** One got call that takes the token along and repeats from its original URL after a 401. */

import type { IncomingMessage } from 'node:http';
import type { CancelableRequest, Got, OptionsInit, RequestFunction } from 'got';
import type { Bearer } from '../bearer.js';
import { OAuth2BackendError } from '../errors.js';
import type { AccessToken } from '../token.js';
import { dropAnswer } from './first-answer.js';
import type { EncodedOptions } from './got-body.js';
import { gotHop } from './got-hop.js';
import type { Progress } from './got-promise.js';
import { hideRequest } from './got-secrets.js';
import type { OutboundCall } from './outbound-call.js';
import type { CarrierSettings } from './settings.js';

/** What a call is made of. */
export interface RepeatOptions {
  readonly client: Got;
  readonly bearer: Bearer;
  readonly settings: CarrierSettings;
  readonly call: OutboundCall;
  readonly href: string;
  readonly encoded: EncodedOptions;
  readonly progress: Progress;
}

/** Gives what got gives for the last attempt. */
export async function gotWithRepeats(options: RepeatOptions): Promise<unknown> {
  const { client, bearer, settings, call, href, encoded, progress } = options;
  const held = call.token();
  let token = held instanceof Promise ? await held : held;

  for (;;) {
    let repeat: (token: AccessToken) => void = () => {};
    let fail: (error: unknown) => void = () => {};
    const repeated = new Promise<AccessToken>((resolve, reject) => {
      repeat = resolve;
      fail = reject;
    });
    const onRefused = async (response: IncomingMessage, sent: AccessToken): Promise<boolean> => {
      let next: AccessToken | undefined;
      try {
        next = await call.afterRefusal(sent, response.headers['www-authenticate'], encoded.replayable);
      } catch (error) {
        fail(error);
        return false;
      }
      if (!next) return true;
      await dropAnswer({ chunks: lengths(response), abandon: () => response.destroy() });
      repeat(next);
      return false;
    };
    const attempt = client(href, {
      ...encoded.options,
      ...(progress.wantsJson && { headers: acceptJson(encoded.options.headers, client) }),
      request: unretried(gotHop({ bearer, settings, call, token, onRefused }), fail),
      signal: call.signal,
      isStream: false,
    } as OptionsInit) as CancelableRequest<never>;
    progress.adopt(attempt);

    const outcome = await Promise.race([
      repeated.then((next) => ({ next })),
      attempt.then((answer: unknown) => ({ answer })),
    ]).catch((error: unknown) => {
      abandon(attempt);
      throw error;
    });
    if ('answer' in outcome) {
      if (typeof outcome.answer === 'object' && outcome.answer) hideRequest(outcome.answer, 'request');
      return outcome.answer;
    }
    abandon(attempt);
    token = outcome.next;
  }
}

/** An error of ours ends the call: got would ask the caller's `retry` first. */
function unretried(hop: RequestFunction, fail: (error: unknown) => void): RequestFunction {
  return requestOrFail as RequestFunction;

  async function requestOrFail(...given: Parameters<RequestFunction>) {
    try {
      return await hop(...given);
    } catch (error) {
      if (error instanceof OAuth2BackendError) fail(error);
      throw error;
    }
  }
}

function abandon(attempt: CancelableRequest<never>): void {
  attempt.catch(() => {});
  attempt.cancel();
}

async function* lengths(response: IncomingMessage): AsyncGenerator<number> {
  for await (const chunk of response) yield (chunk as Buffer).length;
}

function acceptJson(headers: OptionsInit['headers'], client: Got): OptionsInit['headers'] {
  const names = [...Object.keys(headers ?? {}), ...Object.keys(client.defaults.options.headers)];
  return names.some((name) => name.toLowerCase() === 'accept') ? headers : { ...headers, accept: 'application/json' };
}
