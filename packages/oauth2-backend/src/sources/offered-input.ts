/** The input of one renewal: the request that started it may have gone, or have no user, while others wait for the same token. */

import type { GrantInput } from '../token-request/grant-source.js';

/** Evaluates what the context of one caller's request gives. */
export type MakeInput = () => Promise<GrantInput> | undefined;

/** What may become the input. */
interface OfferedInput {
  /** One more caller waits, whose request may give it. */
  offer(make: MakeInput): void;
  /** The first that can be had, one after the other. @throws what the last of them is rejected with; the signal's own reason */
  take(signal: AbortSignal): Promise<GrantInput>;
}

/** @param first what the request that started the renewal gives */
export function offeredInput(first: Promise<GrantInput>): OfferedInput {
  const offers: MakeInput[] = [];
  let open = true;

  return {
    offer(make) {
      if (open) offers.push(make);
    },
    async take(signal) {
      try {
        return await next(first, signal);
      } finally {
        open = false;
        offers.length = 0;
      }
    },
  };

  async function next(input: Promise<GrantInput>, signal: AbortSignal): Promise<GrantInput> {
    try {
      return await input;
    } catch (error) {
      signal.throwIfAborted();
      const another = offers.shift()?.();
      if (!another) throw error;
      return next(another, signal);
    }
  }
}
