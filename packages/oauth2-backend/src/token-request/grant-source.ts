/** A source that asks by a grant, and what it is asked with: whose token, through which gate, with which refresh token. */

import type { AccessToken, RequestContext, TokenQuery } from '../token.js';
import type { IdentityPart } from './identity.js';

/** An evaluated assertion, evaluated claims of one, or the tokens of an exchange. */
export interface GrantInput {
  /** Tells it from any other input. */
  readonly digest: string;
  /** The same in every process: what the digest was made of. Absent where only this process can tell. */
  readonly whose?: IdentityPart;
  /** Whether the application has verified whose it is. */
  readonly verified?: boolean;
  readonly assertion?: string | undefined;
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  readonly subjectToken?: string | undefined;
  /** Where a function gave it. */
  readonly actorToken?: string | undefined;
  /** Milliseconds since the epoch: no token that comes of it is kept longer. */
  readonly expiresAt?: number | undefined;
}

/** What an API wants a token to have beyond what is configured (RFC 6750 §3.1). */
export interface Demands {
  /** Scope tokens beside the configured ones. */
  readonly scopes?: readonly string[];
  /** A JSON object as text, for the parameter `claims`. */
  readonly claims?: string;
}
/** An input of which nothing is known yet. */
export const NO_INPUT: Required<Omit<GrantInput, 'digest' | 'whose'>> = {
  verified: false,
  assertion: undefined,
  claims: undefined,
  subjectToken: undefined,
  actorToken: undefined,
  expiresAt: undefined,
};

/** Asks for a token with what was made of the context. */
export interface GrantQuery extends TokenQuery {
  readonly demands?: Demands | undefined;
  readonly input?: GrantInput | undefined;
  /** Where its requests to the token endpoint are let through. */
  readonly gate?: RequestGate | undefined;
}

/** Lets a renewal's requests through, judged at the instant of sending. The calls' order: enter, sent, answered. */
export interface RequestGate {
  /** `undefined` when a request may be sent now; else a promise to wait for before asking again. @throws when none may be sent */
  enter(): Promise<void> | undefined;
  /** A request is sent now. @param replaced tells whether a secret or key that it holds is another by now; absent where none can be */
  sent(replaced?: () => Promise<boolean>): void;
  /** Its answer was read. */
  answered(): void;
  /** How far it is. @param late gives the words for a renewal whose time, in milliseconds, is over now */
  reaches(late: (milliseconds: number) => string): void;
}

/** A token source whose grant may depend on the context of a request. */
export interface GrantSource {
  token(query?: GrantQuery): Promise<AccessToken>;
  /** A newer token that others have got already, without asking for one; absent where there are no others. */
  found?: ((query: Pick<GrantQuery, 'refused' | 'demands'>) => Promise<AccessToken | undefined>) | undefined;
  /** Evaluates what depends on the context; absent where nothing does. @throws NoTokenError */
  prepare?: ((context: RequestContext | undefined) => Promise<GrantInput>) | undefined;
}

/** What a source is that nobody shares, and whose token is the same for all. */
export const FOR_ALL: Required<Pick<GrantSource, 'found' | 'prepare'>> = { found: undefined, prepare: undefined };

/** A refresh token and the scope that came with it. */
export interface RefreshGrant {
  /** A secret. */
  readonly value: string;
  /** What was granted: more must not be asked for. */
  readonly scope: string | undefined;
}

/** Where the refresh token is kept, so that a shared source can put the fleet's there. */
export interface RefreshMemory {
  current: RefreshGrant | undefined;
}
