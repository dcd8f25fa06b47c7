/** One request and its answer over HTTP/2, told to a handler as undici tells it. */

import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2';
import { addAbortSignal, finished, Readable } from 'node:stream';
import { type Dispatcher, errors } from 'undici';
import { headersOverflow } from './header-overflow.js';
import { flat, sizeOf } from './http2-fields.js';
import type { Http2Request } from './http2-request.js';
import { closedStream, type Session } from './http2-session.js';
import { endlessInterim, InterimCount } from './interim-answers.js';
import { markDeath } from './lost-connections.js';
import type { RequestChannels } from './undici-channels.js';
import { UNSET_STREAM } from './unset-options.js';

/** undici's types do not name `onRequestSent`. */
type Handler = Dispatcher.DispatchHandler & { onRequestSent?(): void };

interface ExchangeOptions {
  readonly request: Http2Request;
  readonly handler: Dispatcher.DispatchHandler;
  readonly channels: RequestChannels | undefined;
  /** Bytes of an answer's headers. */
  readonly maxHeaderSize: number;
}

/** A class, because there is one for each request. */
export class Http2Exchange {
  readonly #request: Http2Request;
  readonly #handler: Handler;
  readonly #channels: RequestChannels | undefined;
  readonly #maxHeaderSize: number;
  /** It has ended, well or not. */
  over = false;
  #stream: ClientHttp2Stream | undefined;
  #started = false;
  #answered = false;
  readonly #interim = new InterimCount();
  #trailers: Buffer[] = [];

  constructor({ request, handler, channels, maxHeaderSize }: ExchangeOptions) {
    this.#request = request;
    this.#handler = handler;
    this.#channels = channels;
    this.#maxHeaderSize = maxHeaderSize;
    const { body } = request;
    // It may break before it is sent.
    if (body instanceof Readable) finished(body, { writable: false }, (error) => error && this.fail(error));
  }

  /**
   * Sends it as a stream of this session.
   *
   * @param ended called once: `unprocessed` when the server has done nothing with it and it can be sent again (RFC 9113 §8.7)
   */
  send(session: Session, ended: (how: 'over' | 'unprocessed') => void): void {
    if (!this.over && !this.#started) {
      this.#started = true;
      this.#channels?.onCreate();
      this.#handler.onConnect?.((reason) => this.fail(reason ?? new errors.RequestAbortedError()));
    }
    if (this.over) {
      ended('over');
      return;
    }
    const { headers, body, expectContinue, headersTimeout } = this.#request;
    const fields = expectContinue ? { ...headers, expect: '100-continue' } : headers;
    const stream = session.http2.request(fields, { ...(UNSET_STREAM as object), endStream: body === null });
    this.#stream = stream;
    this.#channels?.onSendHeaders(session.http2.socket);
    if (headersTimeout > 0) stream.setTimeout(headersTimeout);
    this.#listen(stream, session, ended);
    if (body === null) this.#onSent();
    else if (expectContinue) stream.once('continue', () => this.#write(stream));
    else this.#write(stream);
  }

  /** Ends it, sent or not. */
  fail(error: Error): void {
    if (this.over) return;
    this.over = true;
    this.#giveUp(error);
    this.#channels?.onError(error);
    this.#handler.onError?.(error);
  }

  #write(stream: ClientHttp2Stream): void {
    const { body } = this.#request;
    stream.once('finish', () => this.#onSent());
    // No pipeline: it destroys the stream before Node has reset it, and Node then writes for ever (checked with 20.20).
    if (body instanceof Readable) body.pipe(stream);
    else stream.end(body);
  }

  #onSent(): void {
    if (this.over) return;
    this.#channels?.onBodySent();
    this.#handler.onRequestSent?.();
  }

  #listen(stream: ClientHttp2Stream, session: Session, ended: (how: 'over' | 'unprocessed') => void): void {
    const reused = session.answered;
    let failure: Error | undefined;
    stream.on('headers', (fields) => this.#onInterim(fields));
    stream.once('response', (fields) => this.#onResponse(stream, session, fields));
    stream.once('trailers', (fields) => {
      this.#trailers = flat(fields);
    });
    stream.once('end', () => {
      // Broken off, with the stream or with the connection, a body ends like one that is whole.
      if (this.#answered && !stream.rstCode && !stream.destroyed) this.#complete();
    });
    stream.on('timeout', () => {
      this.fail(this.#answered ? new errors.BodyTimeoutError() : new errors.HeadersTimeoutError());
    });
    stream.on('error', (error) => {
      failure = error;
    });
    stream.once('close', () => {
      const refused = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM && !this.#answered && !this.over;
      if (refused && !(this.#request.body instanceof Readable)) {
        ended('unprocessed');
        return;
      }
      const error = closedStream(stream, failure);
      const died = reused && session.http2.destroyed && !this.#answered && !this.#interim.any;
      if (refused || died) markDeath(error);
      ended('over');
      this.fail(error);
    });
  }

  #onInterim(fields: IncomingHttpHeaders): void {
    if (this.over) return;
    const raw = flat(fields);
    const status = Number(fields[':status'] ?? 100);
    if (!this.#interim.add(sizeOf(raw))) this.fail(endlessInterim());
    else if (status !== 100) this.#guarded(() => this.#handler.onHeaders?.(status, raw, () => {}, ''));
  }

  #onResponse(stream: ClientHttp2Stream, session: Session, fields: IncomingHttpHeaders): void {
    session.answered = true;
    if (this.over) return;
    const raw = flat(fields);
    if (sizeOf(raw) > this.#maxHeaderSize) {
      this.fail(headersOverflow(this.#maxHeaderSize));
      return;
    }
    this.#answered = true;
    stream.setTimeout(this.#request.bodyTimeout);
    this.#channels?.onHeaders(Number(fields[':status']), raw);
    const resume = () => void stream.resume();
    this.#guarded(() => {
      this.#handler.onResponseStarted?.();
      const flowing = this.#handler.onHeaders?.(Number(fields[':status']), raw, resume, '') !== false;
      stream.on('data', (chunk: Buffer) => {
        if (this.over) return;
        this.#guarded(() => {
          if (this.#handler.onData?.(chunk) === false) stream.pause();
        });
      });
      if (!flowing) stream.pause();
    });
  }

  #complete(): void {
    if (this.over) return;
    this.over = true;
    // An answer may come before the request has been read: nobody wants the rest.
    if (this.#stream?.writableFinished === false) this.#giveUp();
    const trailers = this.#trailers;
    this.#channels?.onTrailers(trailers);
    try {
      this.#handler.onComplete?.(trailers as unknown as string[]);
    } catch (error) {
      this.#handler.onError?.(error as Error);
    }
  }

  /** Closes the stream, and the request's body behind it. */
  #giveUp(error?: Error): void {
    const { body } = this.#request;
    const close = () => {
      if (body instanceof Readable) body.unpipe().destroy(error);
      // Not `close()`: it ends the stream before it resets it, and what was cut off would be whole. This is CANCEL on the wire.
      if (this.#stream?.destroyed === false) addAbortSignal(AbortSignal.abort(), this.#stream);
    };
    // A stream that is closed while Node is reading from it, with something to write, keeps Node writing for ever.
    if (this.#stream) setImmediate(close);
    else close();
  }

  /** What a handler throws is its own call's failure, as with undici; it must not end the process. */
  #guarded(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.fail(error as Error);
    }
  }
}
