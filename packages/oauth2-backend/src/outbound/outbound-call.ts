/** One call through a backend, the same for each client: what may end it, its token, its repeats. */

import type { IncomingMessage } from 'node:http';
import type { Bearer } from '../bearer/bearer.js';
import type { Refusal, Repeats } from '../bearer/refusals.js';
import type { ComputedModifiers } from '../definitions/resolved.js';
import { TokenTimeoutError } from '../errors.js';
import { waitFor } from '../sources/waiting.js';
import type { AccessToken, TokenQuery } from '../token.js';
import { type AbortEmitter, type AbortSource, Call, sharedSignal } from './call.js';
import { computedSettings } from './computed-values.js';
import { timeLimitReached } from './failure.js';
import { inboundAbort } from './inbound-abort.js';
import type { ClientSettings } from './settings.js';

/** What a client says of one call. */
interface OutboundCallOptions {
  readonly method: string;
  readonly signal: AbortSource | null | undefined;
  /** The inbound request that is sent on: the call ends with its client, whatever the method is. */
  readonly forwarded: IncomingMessage | undefined;
  /** Whether `timeout` ends the call. */
  readonly total: boolean;
  /** Whether the caller's signal may be an emitter of `abort`, as undici allows. */
  readonly emitters: boolean;
  /** The reason for a limit that is over; default a `TimeoutError`. */
  readonly late: ((attribute: string, milliseconds: number) => unknown) | undefined;
  /** Called when something ends the call later than at its start. */
  readonly onAbort: ((reason: unknown) => void) | undefined;
}

/** What most calls say. Spelled out where it is: a member that is not there could be somebody's on `Object.prototype`. */
export const PLAIN_CALL: Omit<OutboundCallOptions, 'method' | 'signal'> = {
  forwarded: undefined,
  total: true,
  emitters: false,
  late: undefined,
  onAbort: undefined,
};

/**
 * A call that gets its token, and has its 401s judged.
 *
 * @throws ClosedError when the backends are closed; TypeError for a signal that is none
 */
export class OutboundCall extends Call {
  readonly #bearer: Bearer;
  #settings: ClientSettings;
  readonly #options: OutboundCallOptions;
  /** What a call waits for: its token, or what follows from a refusal by this status. */
  #waiting: 'token' | number | undefined;
  #repeats: Repeats | undefined;

  constructor(bearer: Bearer, settings: ClientSettings, options: OutboundCallOptions) {
    const { signal, onAbort } = options;
    if (signal) assertSignal(signal, options.emitters);
    const inbound = inboundAbort(settings, options);
    super({
      signals: signal || inbound ? [signal && sharedSignal(signal), inbound] : NONE,
      timeout: options.total ? settings.timeouts.total : 0,
      late: () => this.#lateTotal(),
      onAbort,
      onDone: settings.begin((reason) => this.abort(reason)),
    });
    this.#bearer = bearer;
    this.#settings = settings;
    this.#options = options;
  }

  /** Starts the limit on the time to the answer's headers. */
  limitAnswer(): void {
    const { ttfb } = this.#settings.timeouts;
    if (ttfb > 0) this.limit(ttfb, () => this.#late('ttfb_timeout', ttfb));
  }

  /** Those of this call: complete once `ready()` has been. */
  get settings(): ClientSettings {
    return this.#settings;
  }

  /** The token to send now, as `token()` gives it, once the values that functions give are there too. */
  ready(repeatable: boolean): AccessToken | undefined | Promise<AccessToken | undefined> {
    const { computed } = this.#settings;
    return computed ? this.#compute(computed, repeatable) : this.token(repeatable);
  }

  /**
   * The token to send now; `undefined` for a backend without one. A promise only when it has to be waited for.
   *
   * @param repeatable whether the request can be repeated, as far as that is known
   * @param refused the value of a token that must not be the answer, unless there can be no other
   */
  token(repeatable: boolean, refused?: string): AccessToken | undefined | Promise<AccessToken> {
    if (!this.#bearer.hasToken) return undefined;
    const current = refused === undefined ? this.#bearer.current() : undefined;
    return current ?? this.#whileWaiting('token', () => this.#bearer.token({ ...this.#query(), refused }, repeatable));
  }

  /** Hears the status of each answer, and tells whether it refuses the token. */
  isRefused(token: AccessToken | undefined, status: number): token is AccessToken {
    return token !== undefined && this.#bearer.isRefused(token, status);
  }

  /** The token to repeat with after a refusal, or `undefined` when the refusal is the answer. */
  afterRefusal(
    token: AccessToken,
    { status, challenges, replayable }: Pick<Refusal, 'status' | 'challenges' | 'replayable'>,
  ): Promise<AccessToken | undefined> {
    this.#repeats ??= { renewed: 0 };
    const repeats = this.#repeats;
    const judged = typeof replayable === 'function' ? () => this.#notWaiting(replayable) : replayable;
    const { total } = this.#settings.timeouts;
    const mayWait = total === 0 || total > SECOND;
    const refusal = { token, status, challenges, replayable: judged, mayWait, repeats, query: this.#query() };
    return this.#whileWaiting(status, () => this.#bearer.afterRefusal(refusal));
  }

  async #compute(computed: ComputedModifiers, repeatable: boolean): Promise<AccessToken | undefined> {
    const owner = { name: this.#bearer.name, forwarded: this.#options.forwarded !== undefined };
    try {
      this.#settings = await waitFor(computedSettings(this.#settings, computed, owner), this.signal);
    } catch (error) {
      // It is the application's own, with its own status: no failure of the connection.
      this.abort(error);
      throw error;
    }
    return this.token(repeatable);
  }

  #query(): TokenQuery {
    return { signal: this.signal, refused: undefined, context: this.#settings.context };
  }

  async #whileWaiting<T>(what: 'token' | number, start: () => Promise<T>): Promise<T> {
    this.#waiting = what;
    try {
      return await start();
    } finally {
      this.#waiting = undefined;
    }
  }

  /** A body that is still coming is no token that does not come. */
  async #notWaiting(replayable: () => Promise<boolean>): Promise<boolean> {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    try {
      return await replayable();
    } finally {
      if (!this.aborted) this.#waiting = waiting;
    }
  }

  #late(attribute: string, milliseconds: number): unknown {
    const { late = timeLimitReached } = this.#options;
    return late(attribute, milliseconds);
  }

  #lateTotal(): unknown {
    const { total } = this.#settings.timeouts;
    if (!this.#waiting) return this.#late('timeout', total);
    const { name: backend } = this.#bearer;
    const message = `no token for "${backend}" within its timeout of ${total} ms`;
    return new TokenTimeoutError(message, {
      backend,
      resource: this.#waiting === 'token' ? undefined : { status: this.#waiting },
    });
  }
}

/** Milliseconds. */
const SECOND = 1_000;
const NONE: readonly undefined[] = [];

function assertSignal(signal: object, emitters: boolean): void {
  if (typeof (signal as Partial<AbortSignal>).addEventListener === 'function') return;
  if (emitters && typeof (signal as Partial<AbortEmitter>).on === 'function') return;
  throw new TypeError(`signal must be an AbortSignal${emitters ? ' or an EventEmitter' : ''}`);
}
