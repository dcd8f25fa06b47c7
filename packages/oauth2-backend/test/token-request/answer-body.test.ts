import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { Dispatcher } from 'undici';
import { readBody } from '../../src/token-request/answer-body.js';

const MEBIBYTE = 2 ** 20;

const read = (body: Buffer, headers: Record<string, string> = {}) =>
  readBody({ headers, body: Readable.from([body]) } as unknown as Dispatcher.ResponseData);

describe('readBody(answer)', () => {
  it.each<[string, (bytes: Buffer) => Buffer, Record<string, string>]>([
    ['plain', (bytes) => bytes, {}],
    ['compressed', (bytes) => gzipSync(bytes), { 'content-encoding': ' GZIP ' }],
  ])('reads 1 MiB, %s, and not one byte more', async (_, encode, headers) => {
    const whole = Buffer.alloc(MEBIBYTE, 'x');
    expect(await read(encode(whole), headers)).toEqual({ text: whole.toString() });
    expect(await read(encode(Buffer.alloc(MEBIBYTE + 1, 'x')), headers)).toEqual({ unreadable: 'a body over 1 MiB' });
  });
});
