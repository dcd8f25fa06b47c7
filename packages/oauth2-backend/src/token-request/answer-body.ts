/** The body of a token endpoint's answer: read to its end, decoded, bounded. */

import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { Dispatcher } from 'undici';

const MAX_BODY = 1024 * 1024;

/** The body as text, or words for why there is none. */
export type AnswerBody =
  | { readonly text: string; readonly unreadable: undefined }
  | { readonly text: undefined; readonly unreadable: string };

/** Reads at most 1 MiB, before and after decoding. @throws what the connection throws when it breaks */
export async function readBody({
  headers,
  body,
}: Pick<Dispatcher.ResponseData, 'headers' | 'body'>): Promise<AnswerBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_BODY) return unreadable('a body over 1 MiB');
    chunks.push(chunk);
  }
  const coding = String(headers['content-encoding'] ?? '')
    .trim()
    .toLowerCase();
  const decode = decoders.get(coding);
  if (!decode) return unreadable('a content encoding that was not asked for');
  try {
    const bytes = await decode(Buffer.concat(chunks), { maxOutputLength: MAX_BODY });
    return { text: new TextDecoder().decode(bytes), unreadable: undefined };
  } catch (error) {
    const tooLong = (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
    return unreadable(tooLong ? 'a body over 1 MiB' : 'a body that cannot be decoded');
  }
}

function unreadable(why: string): AnswerBody {
  return { text: undefined, unreadable: why };
}

type Decode = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Uint8Array>;

/** No encoding is asked for, but some gateways compress all the same. */
const decoders: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['', async (bytes) => bytes],
  ['identity', async (bytes) => bytes],
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);
