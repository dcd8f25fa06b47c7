/** How long a process waits for another that asks for the fleet, before it asks too. */

const WITH_ONE = 0.5;
const WITH_ALL = 0.75;
/** Milliseconds; a renewal without a limit is no reason to wait without one. */
const MAX_DEADLINE = 30_000;

/** The rest of a wait. */
export interface Patience {
  over(): boolean;
  /** Milliseconds until it is. */
  left(): number;
  /** Another leader has begun: half of the deadline for it, three quarters of it for all of them. */
  renewed(): Patience;
}

/** Starts to wait. @param deadline milliseconds for the renewal of the process that waits */
export function startPatience(deadline: number): Patience {
  const whole = Math.min(deadline, MAX_DEADLINE);
  const end = performance.now() + whole * WITH_ALL;
  const start = (): Patience => {
    const turn = performance.now() + whole * WITH_ONE;
    const left = () => Math.max(0, Math.min(turn, end) - performance.now());
    return { over: () => left() === 0, left, renewed: start };
  };
  return start();
}
