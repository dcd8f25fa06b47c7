/** The form of a token request that the authorization server itself does not get to see. */
import type { IncomingMessage } from 'node:http';

/** Reads at most 64 KiB; of more it gives what it has. */
export async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > 65_536) break;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
}
