import type { Clock } from '../../src/clock.js';
import type { AccessToken, TokenQuery, TokenSource } from '../../src/token.js';

/** A token source that does what the test says and remembers how it was asked. */
export interface ScriptedSource extends TokenSource {
  /** What it was asked with, in order. */
  readonly queries: readonly TokenQuery[];
  /** A new token of this life in milliseconds: `token-1`, `token-2`, … */
  make(life?: number): AccessToken;
  /** What the next questions get; default: `make()`. */
  give: (query: TokenQuery) => AccessToken | Promise<AccessToken>;
  /** Lets the questions from now on wait; gives what settles them all. */
  hold(): { answer(token?: AccessToken): void; fail(error: unknown): void };
}

/** Tokens live an hour unless the test says otherwise. */
export function scriptedSource(clock: Clock, defaultLife = 3_600_000): ScriptedSource {
  const queries: TokenQuery[] = [];
  let made = 0;
  const source: ScriptedSource = {
    queries,
    make(life = defaultLife) {
      made += 1;
      return { value: `token-${made}`, type: 'Bearer', issuedAt: clock.now(), expiresAt: clock.now() + life };
    },
    give: () => source.make(),
    hold() {
      const { promise, resolve, reject } = withResolvers();
      promise.catch(() => {});
      source.give = () => promise;
      const release = () => {
        source.give = () => source.make();
      };
      return {
        answer(token = source.make()) {
          release();
          resolve(token);
        },
        fail(error) {
          release();
          reject(error);
        },
      };
    },
    async token(query = {}) {
      queries.push(query);
      return source.give(query);
    },
  };
  return source;
}

function withResolvers() {
  let resolve!: (token: AccessToken) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<AccessToken>((give, refuse) => {
    resolve = give;
    reject = refuse;
  });
  return { promise, resolve, reject };
}
