/** Puts the tokens of an `oauth2` block into a store that other processes share. */

import { readFile } from 'node:fs/promises';
import type { Clock } from '../clock.js';
import type { ResolvedOAuth2 } from '../definitions/resolved.js';
import type { GrantSource, RefreshMemory } from '../token-request/grant-source.js';
import { digestOf, type IdentityPart } from '../token-request/identity.js';
import { fleetDigests, identityOf } from '../token-request/oauth2-identity.js';
import type { GuardedStore } from './guarded-store.js';
import { sealedRecords } from './sealed-records.js';
import type { CredentialDigest } from './sealing.js';
import { sharedSource } from './shared-source.js';

/** Shares one identity's source; `whose` is what the context of a request adds to the block's identity. */
export type Share = (source: GrantSource, refresh: RefreshMemory, whose?: IdentityPart) => GrantSource;

/** For the sources of one block. Keys are made when a token is first asked for. */
export function sharing(options: {
  name: string;
  oauth2: ResolvedOAuth2;
  store: GuardedStore;
  clock: Clock;
  /** Milliseconds for a renewal as a whole. */
  deadline: number;
}): Share {
  const { name, oauth2, store, clock, deadline } = options;

  const files = personalFiles(oauth2);

  return (source, refresh, whose) => {
    const make = (contents: readonly string[]) => {
      const identity = (digest: CredentialDigest) =>
        identityOf(oauth2, contents.length > 0 ? [whose, contents.map(digest)] : whose, fleetDigests(name, digest));
      const records = sealedRecords(store, { identity, clock });
      return sharedSource(source, { records, refresh, clock, deadline });
    };
    if (files.length === 0) return make([]);
    const read = () => Promise.all(files.map(async (file) => (await readFile(file, 'utf8')).trim()));
    return perContent({ read, make, unshared: source });
  };
}

/** For the sources of `tokenSource()`, told by the backend's name and the subject. */
export function sharingByName(options: { name: string; store: GuardedStore; clock: Clock; deadline: number }): Share {
  const { name, store, clock, deadline } = options;
  return (source, refresh, whose) => {
    const records = sealedRecords(store, { identity: () => digestOf(['token source', name, whose]), clock });
    return sharedSource(source, { records, refresh, clock, deadline });
  };
}

/**
 * Files that say whose token it is. Those with secrets and keys belong to a client, user or claims that are named beside
 * them; at these paths each process may have another's.
 */
function personalFiles({ assertion, exchange, tokenBackend }: ResolvedOAuth2): string[] {
  const further = tokenBackend.oauth2 ? personalFiles(tokenBackend.oauth2) : [];
  const own = [assertion, exchange?.actor?.token].flatMap((given) => (typeof given === 'object' ? [given.file] : []));
  return [...own, ...further];
}

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
