/** The multipart/form-data encoding of the HTML standard (https://html.spec.whatwg.org/#multipart-form-data, RFC 7578). */

import { randomUUID } from 'node:crypto';

/** A FormData's entry. */
export type MultipartPart = readonly [name: string, value: string | (Blob & { readonly name?: string })];

/** A form as it goes over the wire. */
export interface Multipart {
  /** With the boundary. */
  readonly contentType: string;
  /** In their order; blobs are not read yet. */
  readonly pieces: readonly (Uint8Array | Blob)[];
}

/** Lists a form's bytes between boundaries nobody can foresee; the form may change afterwards. */
export function encodeMultipart(form: Iterable<MultipartPart>): Multipart {
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
