import { openAsBlob } from 'node:fs';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { FormData as UndiciFormData } from 'undici';
import { type EncodedBody, encodeBody } from '../../src/outbound/replayable-body.js';

const MIB = 1024 * 1024;

/** What a peer reads from the form: its own parser is the judge. */
function parsed({ contentType = '' }: EncodedBody, bytes: Uint8Array | string): Promise<FormData> {
  return new Response(bytes, { headers: { 'content-type': contentType } }).formData();
}

function stringOf(bytes: Uint8Array | string | undefined): string {
  return Buffer.from(bytes ?? '').toString();
}

describe('encodeBody(plain body)', () => {
  it('takes no body as none, strings and URLSearchParams as fetch does', () => {
    expect(encodeBody(undefined)).toEqual({});
    expect(encodeBody(null)).toEqual({});
    expect(encodeBody('')).toEqual({ bytes: '', contentType: 'text/plain;charset=UTF-8' });
    expect(encodeBody('caf\u00e9')).toEqual({ bytes: 'caf\u00e9', contentType: 'text/plain;charset=UTF-8' });
    expect(encodeBody(new URLSearchParams({ a: 'b c', d: '\u00e9&' }))).toEqual({
      bytes: 'a=b+c&d=%C3%A9%26',
      contentType: 'application/x-www-form-urlencoded;charset=UTF-8',
    });
  });

  const source = Uint8Array.from([9, 9, 1, 2, 3, 4, 9, 9]);
  const shared = new Uint8Array(new SharedArrayBuffer(4));
  shared.set([1, 2, 3, 4]);
  it.each<[string, ArrayBufferLike | ArrayBufferView, ArrayBufferLike]>([
    ['Uint8Array', source.subarray(2, 6), source.buffer],
    ['Buffer', Buffer.from(source.buffer, 2, 4), source.buffer],
    ['Uint16Array', new Uint16Array(source.buffer, 2, 2), source.buffer],
    ['DataView', new DataView(source.buffer, 2, 4), source.buffer],
    ['SharedArrayBuffer', shared.buffer, shared.buffer],
    [
      'ArrayBuffer',
      ...(() => {
        const { buffer } = source.slice(2, 6);
        return [buffer, buffer] as const;
      })(),
    ],
  ])('copies a %s, so that a later change is not sent', (_, body, memory) => {
    const before = new Uint8Array(memory).slice();
    const encoded = encodeBody(body) as EncodedBody;
    new Uint8Array(memory).fill(7);
    expect([...(encoded.bytes as Uint8Array)]).toEqual([1, 2, 3, 4]);
    expect(encoded.contentType).toBeUndefined();
    new Uint8Array(memory).set(before);
  });

  it('hands back as a stream what can be sent once only', () => {
    async function* generator() {
      yield 'x';
    }
    for (const body of [Readable.from(['x']), generator(), { any: 'thing' }, 7]) {
      expect(encodeBody(body)).toEqual({ stream: body });
      expect((encodeBody(body) as EncodedBody).stream).toBe(body);
    }
  });

  it('reads a web stream itself, so that it can be closed while it is sent', async () => {
    const { body } = new Response('x');
    const { stream } = encodeBody(body) as EncodedBody;
    expect(body?.locked).toBe(true);
    expect(await new Response(stream as ReadableStream).text()).toBe('x');
  });

  it('knows the form-data package by what it lacks', () => {
    const form = Object.assign(Readable.from(['x']), { [Symbol.toStringTag]: 'FormData' });
    expect((encodeBody(form) as EncodedBody).stream).toBe(form);
  });
});

describe('encodeBody(blob)', () => {
  it('reads up to a mebibyte, with the type it names', async () => {
    expect(await encodeBody(new Blob(['abc'], { type: 'text/csv' }))).toEqual({
      bytes: new Uint8Array(Buffer.from('abc')),
      contentType: 'text/csv',
    });
    expect(await encodeBody(new File(['abc'], 'x'))).toEqual({ bytes: new Uint8Array(Buffer.from('abc')) });
    expect((await encodeBody(await openAsBlob(import.meta.filename))).bytes).toBeDefined();
    expect((await encodeBody(new Blob([new Uint8Array(MIB)]))).bytes).toHaveLength(MIB);
  });

  it('streams a larger one', async () => {
    const encoded = encodeBody(new Blob(['a'.repeat(MIB + 1)], { type: 'text/csv' })) as EncodedBody;
    expect(encoded.bytes).toBeUndefined();
    expect(encoded.contentType).toBe('text/csv');
    expect(await text(encoded.stream as AsyncIterable<Uint8Array> & NodeJS.ReadableStream)).toHaveLength(MIB + 1);
  });
});

describe.each([
  ['global', FormData],
  ['undici', UndiciFormData],
])('encodeBody(%s FormData)', (_, Class) => {
  it('is synchronous without files, and exact to the byte', () => {
    const form = new Class();
    form.append('a', '1');
    form.append('li\nne"', 'x\ny\rz\r\n');
    const encoded = encodeBody(form) as EncodedBody;
    const boundary = /^multipart\/form-data; boundary=([\w-]{20,70})$/.exec(encoded.contentType ?? '')?.[1];
    expect(stringOf(encoded.bytes)).toBe(
      `--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n` +
        `--${boundary}\r\nContent-Disposition: form-data; name="li%0D%0Ane%22"\r\n\r\nx\r\ny\r\nz\r\n\r\n` +
        `--${boundary}--\r\n`,
    );
    expect(stringOf((encodeBody(form) as EncodedBody).bytes)).not.toContain(boundary);
  });

  it('reads files, and takes the form as it was', async () => {
    const form = new Class();
    form.append('f', new Blob([Uint8Array.from([0, 255, 13, 10])], { type: 'image/png' }), 'a"b\r\n\u00e9.png');
    form.append('g', new Blob(['x']));
    form.append('f', 'text');
    const pending = encodeBody(form);
    form.append('late', '1');
    const encoded = await pending;
    const raw = Buffer.from(encoded.bytes ?? '').toString('latin1');
    expect(raw).toContain(
      'name="f"; filename="a%22b%0D%0A\u00c3\u00a9.png"\r\nContent-Type: image/png\r\n\r\n\x00\xff\r\n\r\n--',
    );
    expect(raw).toContain('name="g"; filename="blob"\r\nContent-Type: application/octet-stream\r\n\r\nx\r\n--');
    expect(raw).not.toContain('late');
    const read = await parsed(encoded, encoded.bytes ?? '');
    expect([...read.keys()]).toEqual(['f', 'g', 'f']);
    expect(new Uint8Array(await (read.get('f') as File).arrayBuffer())).toEqual(Uint8Array.from([0, 255, 13, 10]));
  });

  it('streams a form with a large file', async () => {
    const form = new Class();
    form.append('a', '1');
    form.append('f', new Blob(['b'.repeat(MIB + 1)]), 'big');
    const encoded = encodeBody(form) as EncodedBody;
    expect(encoded.bytes).toBeUndefined();
    const read = await parsed(encoded, await text(encoded.stream as AsyncIterable<Uint8Array> & NodeJS.ReadableStream));
    expect(read.get('a')).toBe('1');
    expect((read.get('f') as File).size).toBe(MIB + 1);
  });

  it('writes an empty form', () => {
    const encoded = encodeBody(new Class()) as EncodedBody;
    expect(stringOf(encoded.bytes)).toMatch(/^--form-[\w-]+--\r\n$/);
  });
});

describe('encodeBody(foreign parts)', () => {
  it('lets no type end its line', async () => {
    const blob = Object.defineProperty(new Blob(['x']), 'type', { value: 'a/b\r\nX-Evil: 1' });
    const form = {
      [Symbol.toStringTag]: 'FormData',

      [Symbol.iterator]: () => [['f', blob]].values(),
    };
    expect(stringOf((await encodeBody(form)).bytes)).not.toContain('X-Evil');
  });
});
