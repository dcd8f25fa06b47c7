/** One request of a fetch call, below fetch itself. */

import type { Dispatcher } from 'undici';
import type { Bearer } from '../bearer.js';
import { callDispatch } from '../call-dispatch.js';
import { headerRecord } from '../request-headers.js';
import type { AccessToken } from '../token.js';
import { dropAnswer } from './first-answer.js';
import type { OutboundCall } from './outbound-call.js';
import { completeHeaders, completePath } from './sent-request.js';
import type { CarrierSettings } from './settings.js';

/** What a hop needs to know. */
export interface HopOptions {
  readonly bearer: Bearer;
  readonly settings: CarrierSettings;
  readonly call: OutboundCall;
  readonly token: AccessToken | undefined;
  readonly onConnect: (abort: (error?: Error) => void) => void;
  readonly onEnd: () => void;
}

/** What fetch takes for a dispatcher: the check and the token come last, below everything fetch does itself. */
export function hopDispatcher(options: HopOptions): Pick<Dispatcher, 'dispatch'> {
  const { bearer, settings, call, token } = options;
  const { dispatcher } = settings.transport;
  const dispatch = callDispatch({
    dispatcher,
    call,
    ttfb: settings.timeouts.ttfb,
    late: call.lateAnswer,
    onConnect: options.onConnect,
    onEnd: options.onEnd,
    prepare(request) {
      bearer.target.checkParts(request.origin, request.path);
      // fetch keeps the caller's spelling.
      const headers: Record<string, string | string[]> = { ...headerRecord(request.headers, bearer) };
      completeHeaders(headers, settings, token);
      return { ...request, path: completePath(request.path, settings.query), headers };
    },
  });
  // fetch hands a mock dispatcher the body as it was given.
  return { dispatch, isMockActive: (dispatcher as { isMockActive?: boolean }).isMockActive } as Pick<
    Dispatcher,
    'dispatch'
  >;
}

/** Drops an answer that the caller will not see. */
export async function dropBody(response: Response): Promise<void> {
  const reader = response.body?.getReader();
  if (!reader) return;
  async function* chunks() {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) yield part.value.byteLength;
  }
  await dropAnswer({ chunks: chunks(), abandon: () => void reader.cancel().catch(() => {}) });
}
