import { type SealingOptions, sealing, type TokenStore } from 'oauth2-backend';

/** Where stores of one test meet. */
export type Shelf = Map<string, { readonly text: string; readonly ends: number }>;

/** A store in memory: what the README shows to authors of others. */
export function memoryStore(shelf: Shelf, options: SealingOptions): TokenStore {
  const read = (key: string) => {
    const found = shelf.get(key);
    return found && found.ends > performance.now() ? found.text : undefined;
  };
  const write = (key: string, text: string, ttl: number) =>
    void shelf.set(key, { text, ends: performance.now() + ttl });

  return {
    sealing: sealing(options),
    get: async (key) => read(key),
    async set(key, record, { ttl, fence }) {
      if (read(`${key}:lease`) !== fence) return false;
      write(key, record, ttl);
      return true;
    },
    async lease(key, { ttl, fence }) {
      const holder = read(`${key}:lease`) ?? fence;
      if (holder === fence) write(`${key}:lease`, fence, ttl);
      return holder;
    },
    async release(key, { fence }) {
      if (read(`${key}:lease`) === fence) shelf.delete(`${key}:lease`);
    },
  };
}
