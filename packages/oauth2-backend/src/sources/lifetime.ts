/** When a kept token is fresh, due for renewal, urgent and over, by two clocks. */

import type { Clock } from '../clock.js';
import { hasOwnMember } from '../definitions/own-members.js';
import type { AccessToken } from '../token.js';

const MAX_KEPT = 24 * 60 * 60 * 1000;
const MAX_HARD_MARGIN = 30_000;
const JITTER = 0.4;

/** How long before its end a token is renewed in the background: a share of its life, or milliseconds. */
export type RenewBefore = { readonly fraction: number } | { readonly milliseconds: number };

/** Both clocks, read together. */
export interface Instant {
  readonly wall: number;
  readonly monotonic: number;
}

/** The phases of one token's life; each begins when either clock says so. */
export interface Lifetime {
  /** The next caller gets the token at once and starts a renewal. */
  readonly soft: Instant;
  /** Callers wait for the renewal. */
  readonly hard: Instant;
  /** The token is over. */
  readonly end: Instant;
}

/** Reads both clocks. */
export function readClock(clock: Clock): Instant {
  return { wall: clock.now(), monotonic: clock.monotonic() };
}

/** Whether an instant has come. Either clock suffices: the wall clock jumps, the other stands still in a suspended machine. */
export function reached(instant: Instant, clock: Clock): boolean {
  // Asked this way round, an instant that is no number - a foreign source's token without `expiresAt` - has come.
  return !(clock.now() < instant.wall && clock.monotonic() < instant.monotonic);
}

/**
 * The phases of a token that was asked for at `asked`.
 *
 * @param random a number from 0 up to 1, drawn once for this token: processes that started together renew apart
 */
export function lifetimeOf(token: AccessToken, asked: Instant, renewBefore: RenewBefore, random: number): Lifetime {
  const life = Math.max(0, Math.min(token.expiresAt - token.issuedAt, MAX_KEPT));
  const end = Math.min(token.expiresAt, asked.wall + MAX_KEPT);
  const hardMargin = Math.min(MAX_HARD_MARGIN, life / 10);
  const softMargin = softMarginOf(life, hardMargin, renewBefore, random);

  const before = (margin: number): Instant => ({
    wall: end - margin,
    monotonic: asked.monotonic + (end - asked.wall) - margin,
  });
  return { soft: before(softMargin), hard: before(hardMargin), end: before(0) };
}

/** The phases of a token that is not renewed ahead of its end, because a newer one would end at the same instant. */
export function unrenewedLifetime(token: AccessToken, asked: Instant): Lifetime {
  const { end } = lifetimeOf(token, asked, { milliseconds: 0 }, 0);
  return { soft: end, hard: end, end };
}

/** A share of the life is taken as configured; a duration, and all jitter, ends at half of the life. */
function softMarginOf(life: number, hardMargin: number, renewBefore: RenewBefore, random: number): number {
  const half = life / 2;
  const wanted = hasOwnMember(renewBefore, 'fraction')
    ? life * renewBefore.fraction
    : Math.min(renewBefore.milliseconds, half);
  const jittered = Math.min(wanted * (1 + JITTER * random), Math.max(wanted, half));
  return Math.max(jittered, 2 * hardMargin);
}
