import { keep } from '../../src/sources/keep.js';
import type { KeepEvent, KeepOptions, KeptSource } from '../../src/sources/kept-source.js';
import { type ManualClock, manualClock } from './manual-clock.js';
import { type ScriptedSource, scriptedSource } from './scripted-source.js';

/** A kept source with everything a test wants to move or look at. */
export interface Keeping {
  readonly clock: ManualClock;
  readonly source: ScriptedSource;
  readonly kept: KeptSource;
  readonly events: readonly KeepEvent[];
}

/** Keeps a scripted source under the name `billing`; life in milliseconds. */
export function keeping(options: Partial<KeepOptions> & { life?: number } = {}): Keeping {
  const clock = manualClock();
  const source = scriptedSource(clock, options.life);
  const events: KeepEvent[] = [];
  const kept = keep(source, {
    name: 'billing',
    clock,
    renewBefore: { fraction: 0.25 },
    deadline: 10_000,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { clock, source, kept, events };
}
