/** What can be turned on a running server: `POST /knobs/fail?status=503&seconds=10`. */
import type { KnobQuery } from './knob-query.js';

interface Knob {
  /** What it does, one sentence. */
  readonly text: string;
  /** Its parameters with the values that they have unless given, as a query; an empty value is none. */
  readonly query: string;
  /** Turns it; gives what is answered and shown on the console. */
  turn(query: KnobQuery): Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>;
}

export type Knobs = Readonly<Record<string, Knob>>;
