/** A token source that is another one whenever the content of the files behind it is. */

import type { GrantSource } from '../token-request/grant-source.js';

/**
 * Reads before each token; the source for the last content is kept.
 *
 * @param options.read gives the contents; when it fails, `unshared` is asked, which says what is wrong
 */
export function perContent(options: {
  read: () => Promise<readonly string[]>;
  make: (contents: readonly string[]) => GrantSource;
  unshared: GrantSource;
}): GrantSource {
  const { read, make, unshared } = options;
  let last: { readonly contents: readonly string[]; readonly source: GrantSource } | undefined;

  return {
    prepare: unshared.prepare,
    token: async (query) => ((await current()) ?? unshared).token(query),
    found: async (query) => (await current())?.found?.(query),
  };

  async function current(): Promise<GrantSource | undefined> {
    const contents = await read().catch(() => undefined);
    if (!contents) return undefined;
    if (!last || contents.some((content, index) => content !== last?.contents[index])) {
      last = { contents, source: make(contents) };
    }
    return last.source;
  }
}
