/** What is left over of a request through undici: a first answer that nobody will read. */

import type { Dispatcher } from 'undici';
import { dropAnswer } from '../../outbound/dropped-bodies.js';

/** The challenges of a 401. Several fields give a list; with `responseHeaders: 'raw'` all fields are one flat list. */
export function challengesOf({ headers }: Dispatcher.ResponseData): string | string[] | undefined {
  if (!Array.isArray(headers)) return headers['www-authenticate'];
  const list = headers.map(String);
  return list.filter((_, index) => index % 2 === 1 && list[index - 1]?.toLowerCase() === 'www-authenticate');
}

/** Drops its body. */
export async function dropResponse({ body }: Dispatcher.ResponseData): Promise<void> {
  // Giving it up is an error to a body that has not ended.
  body.on('error', () => undefined);
  async function* lengths() {
    for await (const chunk of body) yield (chunk as Buffer).length;
  }
  await dropAnswer({ chunks: lengths(), abandon: () => body.destroy() });
}
