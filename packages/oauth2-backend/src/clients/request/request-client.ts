/** The fastest client: undici's `request` with the backend's token, target and limits. */

import { Dispatcher, errors } from 'undici';
import type { Bearer } from '../../bearer/bearer.js';
import { Attempt, type AttemptOwner } from '../../outbound/attempt.js';
import { assertFrame } from '../../outbound/body-frame.js';
import { completeHeaders, completePath } from '../../outbound/complete-request.js';
import { abandonBody, dropAnswer } from '../../outbound/dropped-bodies.js';
import { undiciFailure, undiciTimeLimit } from '../../outbound/failure.js';
import { OutboundCall } from '../../outbound/outbound-call.js';
import { type EncodedBody, encodeBody, NO_BODY } from '../../outbound/replayable-body.js';
import type { ClientSettings } from '../../outbound/settings.js';
import type { AccessToken } from '../../token.js';
import { challengesOf, type OwnRequest, type RequestOptions, readRequest } from './options.js';

/** A `request` that goes to one backend and carries its token. */
export type BearerRequest = (input: string | URL, options?: RequestOptions) => Promise<Dispatcher.ResponseData>;

/** The `request` of one backend. */
export function requestClient(bearer: Bearer, settings: ClientSettings): BearerRequest {
  return function requestWithToken(input, options) {
    // One promise a request; what is thrown in here rejects it.
    return new Promise((resolve, reject) => {
      try {
        const request = readRequest(input, options, bearer, settings);
        new RequestCall({ bearer, settings, request, resolve, reject }).start();
      } catch (error) {
        abandonBody(options?.body, error);
        throw error;
      }
    });
  };
}

type Answer = Dispatcher.ResponseData;

interface RequestCallOptions {
  readonly bearer: Bearer;
  readonly settings: ClientSettings;
  readonly request: OwnRequest;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** undici's own, which makes the answer's body; it needs of a dispatcher only `dispatch` (checked with undici 7.30). */
const undiciRequest = Dispatcher.prototype.request as (
  this: Pick<Dispatcher, 'dispatch'>,
  options: object,
  callback: (error: Error | null, answer: Answer) => void,
) => void;

/** A class, because there is one for each request. undici's `request` takes it for the dispatcher. */
class RequestCall implements AttemptOwner {
  readonly call: OutboundCall;
  readonly #options: RequestCallOptions;
  #body: EncodedBody = NO_BODY;
  #token: AccessToken | undefined;
  #attempt: Attempt | undefined;
  #released = false;

  constructor(options: RequestCallOptions) {
    this.#options = options;
    const { bearer, settings, request } = options;
    this.call = new OutboundCall(bearer, settings, {
      method: request.method,
      signal: request.signal,
      forwarded: undefined,
      total: true,
      emitters: true,
      late: (attribute, milliseconds) => undiciTimeLimit(attribute, milliseconds, this.#released),
      onAbort: (reason) => this.#fail(reason),
    });
  }

  start(): void {
    const { body } = this.#options.request;
    if (this.call.aborted) this.#fail(this.call.reason);
    else if (body === undefined || body === null) this.#withToken();
    else this.#withBody(body);
  }

  #withBody(given: unknown): void {
    try {
      const encoded = encodeBody(given);
      // Not `instanceof`: under a test runner a Blob's promise is of another realm.
      if ('then' in encoded) {
        encoded.then(
          (body) => this.#withEncoded(body),
          (error: unknown) => this.#fail(error),
        );
      } else this.#withEncoded(encoded);
    } catch (error) {
      this.#fail(error);
    }
  }

  #withEncoded(body: EncodedBody): void {
    this.#body = body;
    this.#withToken();
  }

  #withToken(): void {
    if (this.call.aborted) return;
    try {
      const { headers } = this.#options.request;
      if (headers) assertFrame(headers, this.#body);
      const held = this.call.ready(this.#body.stream === undefined);
      if (held instanceof Promise) {
        held.then(
          (token) => this.#send(token),
          (error: unknown) => this.#fail(error),
        );
      } else this.#send(held);
    } catch (error) {
      this.#fail(error);
    }
  }

  #send(token: AccessToken | undefined): void {
    if (this.call.aborted) return;
    this.#token = token;
    const { answer } = this.#options.request;
    undiciRequest.call(this, answer, (error, data) => {
      if (error) this.#fail(error);
      else this.#onAnswer(data);
    });
  }

  /** Called by undici's `request` with the handler that makes the answer. */
  dispatch(_: unknown, handler: Dispatcher.DispatchHandler): boolean {
    const { bearer, settings, request } = this.#options;
    const { bytes, stream, contentType } = this.#body;
    const headers: Record<string, string | string[]> = request.headers ? { ...request.headers } : {};
    if (contentType !== undefined && typeof request.body !== 'string' && !Object.hasOwn(headers, 'content-type')) {
      headers['content-type'] = contentType;
    }
    completeHeaders(headers, this.call.settings, bearer, this.#token);
    // Values that functions give came after the path was read.
    if (settings.computed) request.sent.path = completePath(request.path, this.call.settings.query);
    // A dispatcher may keep what it was given: a repeat gets its own.
    const sent = this.#attempt ? { ...request.sent } : request.sent;
    sent.headers = headers;
    sent.body = (bytes ?? stream ?? null) as Dispatcher.DispatchOptions['body'] & {};
    this.#attempt = new Attempt(handler, this);
    return this.#attempt.send(settings, sent, stream === undefined ? (bytes ?? null) : undefined);
  }

  failure(error: unknown): unknown {
    return undiciFailure(error, this.#options.settings.timeouts.connect);
  }

  onEnd(attempt: Attempt): void {
    if (this.#released && attempt === this.#attempt) this.#end();
  }

  #onAnswer(answer: Answer): void {
    const token = this.#token;
    if (this.call.isRefused(token, answer.statusCode)) void this.#judge(answer, token);
    else this.#release(answer);
  }

  async #judge(answer: Answer, token: AccessToken): Promise<void> {
    try {
      const replayable = this.#body.stream === undefined;
      const refusal = { status: answer.statusCode, challenges: challengesOf(answer), replayable };
      const next = await this.call.afterRefusal(token, refusal);
      if (!next) {
        this.#release(answer);
        return;
      }
      await dropAnswer(answer.body);
      this.#send(next);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The call is over when the last byte of the answer has come. */
  #release(answer: Answer): void {
    this.#released = true;
    this.#options.resolve(answer);
    if (this.#attempt?.ended !== false) this.#end();
  }

  #end(): void {
    const { stream } = this.#body;
    // Some servers answer before they have read all.
    if (stream !== undefined) abandonBody(stream, this.call.reason ?? new errors.RequestAbortedError());
    this.call.done();
  }

  /** Rejects; or, when the caller has the answer, ends its body. */
  #fail(reason: unknown): void {
    this.#options.reject(reason);
    this.#attempt?.abort(reason);
    abandonBody(this.#body.stream ?? this.#options.request.body, reason);
    this.call.done();
  }
}
