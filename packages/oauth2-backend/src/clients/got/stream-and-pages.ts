/** got's streams and pages for one backend: they carry the token and are not repeated. */

import type { Got, GotPaginate, Request as GotRequest, OptionsInit, RequestFunction } from 'got';
import type { Bearer } from '../../bearer/bearer.js';
import { abandonBody } from '../../outbound/dropped-bodies.js';
import { OutboundCall, PLAIN_CALL } from '../../outbound/outbound-call.js';
import type { ClientSettings } from '../../outbound/settings.js';
import { gotFailure, hideRequest } from './failure.js';
import { bodyOf, type GotInput, readGotCall, walkable } from './options.js';
import { type RequestFunctionOptions, refusalIn, requestFunction } from './request-function.js';

interface StreamOptions {
  readonly client: Got;
  readonly bearer: Bearer;
  readonly settings: ClientSettings;
  readonly input: GotInput;
  readonly options: OptionsInit | undefined;
}

/** Starts a stream. What would be thrown is emitted as its `error`, as got does. */
export function gotStream({ client, bearer, settings, input, options }: StreamOptions): GotRequest {
  const start = (href: string, own: OptionsInit) =>
    client(href, walkable({ ...own, isStream: true }, client.defaults.options));
  let call: OutboundCall | undefined;
  try {
    const { href, own } = readGotCall(input, options, bearer);
    const { options: defaults } = client.defaults;
    const method = own.method ?? defaults.method;
    const signal = own.signal ?? defaults.signal;
    const started = new OutboundCall(bearer, settings, { ...PLAIN_CALL, method, signal });
    call = started;
    const stream = start(href, {
      ...own,
      request: requestFunction({
        bearer,
        call: started,
        token: undefined,
        copied: false,
        onRefused: notRepeated(started),
      }),
      signal: started.signal,
    });
    // got closes a stream only that is destroyed, not one that has ended.
    for (const over of ['end', 'close']) stream.once(over, () => started.done());
    stream.once('end', () => endUpload(stream));
    stream.once('close', () =>
      abandonBody(own.body, started.reason ?? new DOMException('the stream was closed', 'AbortError')),
    );
    stream.once('request', () => hideRequest(stream, '_request'));
    stream.on('response', (response: object) => hideRequest(response, 'request'));
    return unwrapErrors(stream, started.signal);
  } catch (error) {
    call?.done();
    abandonBody(bodyOf(input, options), error);
    const request = () => Promise.reject(error);
    return unwrapErrors(start(bearer.target.resolve('').href, { request, retry: { limit: 0 } }), undefined);
  }
}

/** An answer may end before the request has; a server that reads no more would keep the connection for ever. */
function endUpload(stream: GotRequest): void {
  if (stream.writableFinished) return;
  // Who has read the answer to its end may have left: an error that nobody hears ends the process.
  stream.on('error', () => undefined);
  const timer = setTimeout(() => stream.destroy(), UPLOAD_TIME).unref();
  stream.once('finish', () => clearTimeout(timer));
}

/** Milliseconds. */
const UPLOAD_TIME = 1_000;

/** got wraps what is thrown inside it; whoever listens gets it unwrapped. */
function unwrapErrors(stream: GotRequest, signal: AbortSignal | undefined): GotRequest {
  const emit = stream.emit;
  stream.emit = function emitUnwrapped(event: string | symbol, ...args: unknown[]): boolean {
    return emit.apply(stream, [event, ...(event === 'error' ? [gotFailure(args[0], signal)] : args)] as never);
  };
  return stream;
}

interface PagesOptions {
  readonly client: Got;
  readonly bearer: Bearer;
  readonly settings: ClientSettings;
}

/** `paginate`, `paginate.each` and `paginate.all`. */
export function gotPages({ client, bearer, settings }: PagesOptions): GotPaginate {
  async function* each(input: GotInput, options?: OptionsInit): AsyncGenerator<unknown> {
    const { href, own } = readGotCall(input, options, bearer);
    const signal = own.signal ?? client.defaults.options.signal;
    const request = pageRequest({ client, bearer, settings }, own.method ?? 'GET', signal);
    try {
      yield* client.paginate(href, walkable({ ...own, request }, client.defaults.options) as never);
    } catch (error) {
      throw gotFailure(error, signal);
    }
  }

  async function all(input: GotInput, options?: OptionsInit): Promise<unknown[]> {
    const items: unknown[] = [];
    for await (const item of each(input, options)) items.push(item);
    return items;
  }

  return Object.assign(each.bind(undefined), { each, all }) as unknown as GotPaginate;
}

function pageRequest(
  { bearer, settings }: PagesOptions,
  method: string,
  signal: AbortSignal | undefined,
): RequestFunction {
  return async function requestPage(url, native, callback) {
    const call = new OutboundCall(bearer, settings, { ...PLAIN_CALL, method, signal });
    try {
      const hop = requestFunction({ bearer, call, token: undefined, copied: false, onRefused: notRepeated(call) });
      const request = await hop(url, native, callback);
      if (!request || !('once' in request)) throw new TypeError('no request was made');
      call.signal.addEventListener('abort', () => request.destroy(call.signal.reason));
      request.once('close', () => call.done());
      return request;
    } catch (error) {
      call.done();
      throw error;
    }
  };
}

/** Tells of a 401 that got is to see all the same. */
function notRepeated(call: OutboundCall): NonNullable<RequestFunctionOptions['onRefused']> {
  return async (response, token) => {
    await call.afterRefusal(token, { ...refusalIn(response), replayable: false });
    return true;
  };
}
