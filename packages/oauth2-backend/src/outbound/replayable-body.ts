/** Turns a request's body into what can be sent and repeated byte for byte, where that is possible. */

import { randomUUID } from 'node:crypto';
import { types } from 'node:util';
import { ClosableStream } from './closable-stream.js';

/** A body as it is sent; none where all members are `undefined`. */
export interface EncodedBody {
  /** Sent, and repeated, byte for byte. */
  readonly bytes: Uint8Array | string | undefined;
  /** What the body implies when the caller names no content type, by the rules of fetch. */
  readonly contentType: string | undefined;
  /** Everything else: sent once. The caller's own object, a web stream that can be closed, or a generator of a large form's bytes. */
  readonly stream: unknown;
}

export const NO_BODY: EncodedBody = { bytes: undefined, contentType: undefined, stream: undefined };

/**
 * One reading of bodies for all clients. Strings, bytes and URLSearchParams are encoded at once; Blob and FormData, Node's
 * or undici's, with a promise when there is something to read. Bytes are copied, so that a buffer changed later changes
 * nothing that is repeated. What it does not know it hands back as `stream`.
 */
export function encodeBody(body: unknown): EncodedBody | Promise<EncodedBody> {
  if (body === undefined || body === null) return NO_BODY;
  if (typeof body === 'string') return { bytes: body, contentType: 'text/plain;charset=UTF-8', stream: undefined };
  if (ArrayBuffer.isView(body)) return copied(new Uint8Array(body.buffer, body.byteOffset, body.byteLength));
  if (types.isAnyArrayBuffer(body)) return copied(new Uint8Array(body));
  const tag = Object.prototype.toString.call(body);
  if (tag === '[object URLSearchParams]') {
    return {
      bytes: (body as URLSearchParams).toString(),
      contentType: 'application/x-www-form-urlencoded;charset=UTF-8',
      stream: undefined,
    };
  }
  if (isBlob(body)) return encodeBlob(body);
  if (tag === '[object FormData]' && isFormData(body)) return encodeFormData(body);
  const stream = tag === '[object ReadableStream]' && isFree(body) ? new ClosableStream(body) : body;
  return { bytes: undefined, contentType: undefined, stream };
}

function copied(bytes: Uint8Array): EncodedBody {
  return { bytes: bytes.slice(), contentType: undefined, stream: undefined };
}

/** The client refuses one that somebody reads already. */
function isFree(body: object): body is ReadableStream<unknown> {
  return 'locked' in body && !body.locked && 'getReader' in body;
}

/** A Blob, or a part of a FormData that is one, is read into memory up to this size in bytes; beyond it is a stream. */
const MAX_REPLAYABLE_BLOB = 1024 * 1024;

/** By shape, because undici has classes of its own. */
function isBlob(value: unknown): value is Blob {
  const tag = Object.prototype.toString.call(value);
  return (tag === '[object Blob]' || tag === '[object File]') && typeof (value as Partial<Blob>).stream === 'function';
}

function encodeBlob(blob: Blob): EncodedBody | Promise<EncodedBody> {
  const contentType = blob.type === '' ? undefined : blob.type;
  if (blob.size > MAX_REPLAYABLE_BLOB) return { bytes: undefined, contentType, stream: chunksOf([blob]) };
  return blob.arrayBuffer().then((buffer) => ({ bytes: new Uint8Array(buffer), contentType, stream: undefined }));
}

async function* chunksOf(pieces: readonly (Uint8Array | Blob)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if (isBlob(piece)) yield* piece.stream();
    else yield piece;
  }
}

/** The `form-data` package has the same tag, but is a stream that cannot be listed. */
function isFormData(value: object): value is Iterable<MultipartPart> {
  return Symbol.iterator in value;
}

function encodeFormData(form: Iterable<MultipartPart>): EncodedBody | Promise<EncodedBody> {
  const { contentType, pieces } = encodeMultipart(form);
  if (pieces.every(types.isUint8Array)) return { bytes: Buffer.concat(pieces), contentType, stream: undefined };
  if (pieces.some((piece) => isBlob(piece) && piece.size > MAX_REPLAYABLE_BLOB)) {
    return { bytes: undefined, contentType, stream: chunksOf(pieces) };
  }
  return Promise.all(pieces.map(bytesOf)).then((read) => ({
    bytes: Buffer.concat(read),
    contentType,
    stream: undefined,
  }));
}

async function bytesOf(piece: Uint8Array | Blob): Promise<Uint8Array> {
  return isBlob(piece) ? new Uint8Array(await piece.arrayBuffer()) : piece;
}

type MultipartPart = readonly [name: string, value: string | (Blob & { readonly name?: string })];

interface Multipart {
  /** With the boundary. */
  readonly contentType: string;
  /** In their order; blobs are not read yet. */
  readonly pieces: readonly (Uint8Array | Blob)[];
}

/** Lists a form's bytes between boundaries nobody can foresee; the form may change afterwards. */
function encodeMultipart(form: Iterable<MultipartPart>): Multipart {
  const boundary = `form-${randomUUID()}`;
  const pieces: (Uint8Array | Blob)[] = [];
  for (const [name, value] of form) {
    const start = `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(withCrlf(name))}"`;
    if (typeof value === 'string') {
      pieces.push(Buffer.from(`${start}\r\n\r\n${withCrlf(value)}\r\n`));
    } else {
      const head = `${start}; filename="${escaped(value.name ?? 'blob')}"\r\nContent-Type: ${contentTypeOf(value)}\r\n\r\n`;
      pieces.push(Buffer.from(head), value, Buffer.from('\r\n'));
    }
  }
  pieces.push(Buffer.from(`--${boundary}--\r\n`));
  return { contentType: `multipart/form-data; boundary=${boundary}`, pieces };
}

function withCrlf(text: string): string {
  return text.replace(/\r\n?|\n/g, '\r\n');
}

function escaped(text: string): string {
  return text.replace(/\n/g, '%0A').replace(/\r/g, '%0D').replace(/"/g, '%22');
}

/** Blobs of other makers may hold a type that would end the line. */
function contentTypeOf({ type }: Blob): string {
  return /^[\x20-\x7e]+$/.test(type) ? type : 'application/octet-stream';
}
