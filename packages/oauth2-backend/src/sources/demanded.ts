/** What an API has demanded beyond what is configured, and the tokens that were got for it. One for each identity that stepped up. */

import type { AccessToken } from '../token.js';
import type { Demands } from '../token-request/grant-source.js';
import { isOfScope } from './failure.js';
import type { Flight } from './flight.js';
import type { HeldTokens } from './held-tokens.js';
import type { Renewed } from './quick-attempts.js';
import type { Renewals } from './renewals.js';
import { waitFor } from './waiting.js';

/** Nothing yet. */
export class Demanded {
  readonly #held: HeldTokens;
  readonly #renewals: Renewals;
  #scopes: readonly string[] = [];
  #last: { readonly demands: Demands; readonly token: AccessToken } | undefined;

  constructor(held: HeldTokens, renewals: Renewals) {
    this.#held = held;
    this.#renewals = renewals;
  }

  /** What each later renewal asks for: the scopes are the identity's own from then on, claims are asked for once. */
  get lasting(): Demands | undefined {
    return this.#scopes.length > 0 ? { scopes: this.#scopes } : undefined;
  }

  /** A renewal that asked for what lasts has failed: scopes that the server does not give any more are no reason to have none. */
  onFailed(error: unknown): void {
    if (isOfScope(error)) this.#scopes = [];
  }

  /**
   * A token that has what the API demands; where that cannot be had the one in use, which says so, and nothing where there
   * is none. The token in use is no worse for it: it stays in use meanwhile.
   *
   * @param options.start starts a renewal for these demands
   * @throws what keeps the token from coming
   */
  async token(
    demands: Demands,
    { start, signal }: { start: (demands: Demands) => Flight<Renewed>; signal: AbortSignal | undefined },
  ): Promise<AccessToken | undefined> {
    const held = this.#held;
    while (this.#renewals.flight) await waitFor(this.#renewals.flight.result.then(ignore, ignore), signal);
    const kept = held.inUse;
    if (!kept) return undefined;
    // What was got for these demands is not enough, or others have just got it: either way this is the token.
    const met = this.#isMetBy(kept.token, demands);
    if (met || this.#renewals.paused() || !held.mayReplace(kept)) return kept.token;
    const all = this.#with(demands);
    const stepped = start(all).result.then(({ token }) => {
      this.#scopes = all.scopes ?? [];
      this.#last = { demands: all, token };
      return token;
    });
    return waitFor(stepped, signal);
  }

  /** The demands together with the scopes that were demanded before. */
  #with({ scopes = [], claims }: Demands): Demands {
    const all = [...new Set([...this.#scopes, ...scopes])];
    return { ...(all.length > 0 && { scopes: all }), ...(claims !== undefined && { claims }) };
  }

  #isMetBy(token: AccessToken, { scopes = [], claims }: Demands): boolean {
    if (claims !== undefined) return this.#last?.token === token && this.#last.demands.claims === claims;
    return scopes.every((scope) => this.#scopes.includes(scope));
  }
}

function ignore(): void {}
