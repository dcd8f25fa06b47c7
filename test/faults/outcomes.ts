/** Runs the cases of a group side by side and looks at what all of them have left behind. */
import { complaintsOf } from '../../packages/oauth2-backend/test/sources/real-process.js';
import { watchResources } from './resource-watch.js';

export interface Outcomes {
  /** Rejects with what the case failed with. */
  of(name: string): Promise<void>;
  /** Unhandled rejections and warnings of all cases together. */
  readonly complaints: readonly string[];
  /** Timers and handles that are still there. */
  readonly left: readonly string[];
}

/** How many run at one time: a machine that is too busy measures no time-outs. */
const AT_ONCE = 12;

/** Runs them all, so many `atOnce`; never rejects itself. */
export async function outcomesOf(cases: ReadonlyMap<string, () => Promise<void>>, atOnce = AT_ONCE): Promise<Outcomes> {
  const failures = new Map<string, unknown>();
  const watch = watchResources();
  const complaints = await complaintsOf(async () => {
    const waiting = [...cases];
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const [name, run] = next;
        await run().catch((error: unknown) => failures.set(name, error));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  });
  const left = await watch.left();
  return {
    async of(name) {
      if (!cases.has(name)) throw new Error(`there is no case ${name}`);
      if (failures.has(name)) throw failures.get(name);
    },
    complaints,
    left,
  };
}
