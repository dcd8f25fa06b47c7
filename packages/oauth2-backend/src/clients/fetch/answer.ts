/** What fetch gives its caller: Node's own `Response`, made of undici's. */

import zlib from 'node:zlib';

/** What undici's answer alone does not say. */
interface AnswerOptions {
  /** Whether another hop was asked before. */
  readonly redirected: boolean;
  /** Whether its last byte is here. */
  readonly ended: boolean;
  /** What a body that breaks off fails with. */
  readonly failureOf: (error: unknown) => unknown;
}

/**
 * The same answer as an instance of the global `Response`, with the global `Headers`, which nobody changes. Without
 * `Content-Encoding` and `Content-Length` when its body was decoded: whoever passes it on sends other bytes than they describe.
 */
export function nodeAnswer(source: Response, { redirected, ended, failureOf }: AnswerOptions): Response {
  const { body } = source;
  answerClass ??= defineAnswer();
  return new answerClass(ended || !body ? body : followed(source, failureOf), source, redirected);
}

/** By body: Node cancels the body of a copy that is collected unread. */
const copies = new WeakMap<ReadableStream, Response>();

type AnswerClass = new (body: Response['body'], source: Response, redirected: boolean) => Response;

/** Made when first needed: to read the global `Response` loads Node's whole fetch. */
let answerClass: AnswerClass | undefined;

function defineAnswer(): AnswerClass {
  const Base: BaseOfAnswer = Response;
  const BaseHeaders: BaseOfHeaders = Headers;

  class FixedHeaders extends BaseHeaders {
    append(): never {
      throw new TypeError('immutable');
    }

    delete(): never {
      throw new TypeError('immutable');
    }

    set(): never {
      throw new TypeError('immutable');
    }
  }

  return class Answer extends Base {
    override readonly url: string;
    override readonly redirected: boolean;
    readonly #source: Response;
    #headers: Headers | undefined;

    constructor(body: Response['body'], source: Response, redirected: boolean) {
      super(body, initOf(source));
      this.url = source.url;
      this.redirected = redirected;
      this.#source = source;
      const { status } = source;
      // Its own, because the constructor refuses it.
      if (!isOrdinary(status)) Object.defineProperties(this, { status: { value: status }, ok: { value: false } });
    }

    get type(): ResponseType {
      return 'basic';
    }

    /** Any that a server sends; the constructor takes fewer. */
    get statusText(): string {
      return #source in this ? this.#source.statusText : '';
    }

    get headers(): Headers {
      // Whoever has put a `Response` of his own in place of Node's (nock, msw) may read it while it is made.
      if (!(#headers in this)) return Reflect.get(Response.prototype, 'headers', this);
      this.#headers ??= new FixedHeaders(headersOf(this.#source)) as Headers;
      return this.#headers;
    }

    clone(): Response {
      const copy = Response.prototype.clone.call(this);
      if (copy.body) copies.set(copy.body, copy);
      return new Answer(copy.body, this.#source, this.redirected);
    }
  };
}

type ResponseType = Response['type'];

/** Without the members that are given otherwise, which TypeScript takes for fields. */
type BaseOfAnswer = new (
  body: Response['body'],
  init: ResponseInit,
) => Omit<Response, 'headers' | 'type' | 'statusText' | 'clone'>;
type BaseOfHeaders = new (init: Headers | [string, string][]) => Omit<Headers, 'append' | 'delete' | 'set'>;

function isOrdinary(status: number): boolean {
  return status >= 200 && status <= 599;
}

/** The content type is what `blob()` and `formData()` go by. */
function initOf({ status, headers }: Response): ResponseInit {
  const known = isOrdinary(status) ? status : 200;
  const contentType = headers.get('content-type');
  return contentType === null ? { status: known } : { status: known, headers: { 'content-type': contentType } };
}

function headersOf({ body, headers }: Response): Headers | [string, string][] {
  if (!body || !isDecoded(headers.get('content-encoding'))) return headers;
  return [...headers].filter(([name]) => name !== 'content-encoding' && name !== 'content-length');
}

/** fetch decodes all codings or none (checked with undici 7.30). */
function isDecoded(contentEncoding: string | null): boolean {
  if (contentEncoding === null) return false;
  return contentEncoding.split(',').every((coding) => DECODED.test(coding.trim()));
}

const DECODED = 'createZstdDecompress' in zlib ? /^(?:(?:x-)?gzip|deflate|br|zstd)$/i : /^(?:(?:x-)?gzip|deflate|br)$/i;

/**
 * Read only when it is read: undici gives up an answer that is collected unread, unless somebody has locked its body.
 * It holds on to the answer itself for the same reason.
 */
function followed(source: Response, failureOf: (error: unknown) => unknown): ReadableStream<Uint8Array> {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  const open = () => {
    reader ??= (source.body as ReadableStream<Uint8Array>).getReader();
    return reader;
  };
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      try {
        const { done, value } = await open().read();
        if (!done) return controller.enqueue(value);
        controller.close();
        return controller.byobRequest?.respond(0);
      } catch (error) {
        return controller.error(failureOf(error));
      }
    },
    cancel: (reason) => open().cancel(reason),
  });
}
