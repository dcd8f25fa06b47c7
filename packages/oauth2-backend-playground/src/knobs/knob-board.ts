/** All knobs of both servers: what is on, and how each is turned. */
import type { Knobs } from './knob.js';

export interface KnobBoard {
  /** What is on, by the server's name. */
  readonly on: () => Readonly<Record<string, unknown>>;
  /** What each knob does, by the command that turns it. */
  readonly commands: () => Readonly<Record<string, string>>;
}

/** The commands that turn the knobs of the server at `origin`. */
export function knobCommands(origin: string, knobs: Knobs): Record<string, string> {
  return Object.fromEntries(
    Object.entries(knobs).map(([name, { query, text }]) => [
      `curl -X POST '${origin}/knobs/${name}${query && `?${query}`}'`,
      text,
    ]),
  );
}
