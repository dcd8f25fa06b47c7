/** What a piece of work leaves behind in the process: timers, also those that do not keep it alive, and handles. */
import { createHook } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';

export interface ResourceWatch {
  /** What was made since the start and is still there; it waits a while for what is about to go. */
  left(): Promise<string[]>;
}

/** Not what TLS puts around a connection: that stays until the next garbage collection. */
const WATCHED = new Set(['Timeout', 'TCPWRAP', 'TCPSERVERWRAP', 'PIPEWRAP']);
/** Milliseconds: the shared timers of Node and undici tick once a second. */
const PATIENCE = 4_000;

/** Watches from now on until `left()` has answered. */
export function watchResources(): ResourceWatch {
  const made = new Map<number, { type: string; made: Error }>();
  const active = countsOf(process.getActiveResourcesInfo());
  const hook = createHook({
    init(id, type) {
      // Its stack is put into words only when somebody reads it: that is what takes time.
      if (WATCHED.has(type)) made.set(id, { type, made: new Error() });
    },
    destroy: (id) => void made.delete(id),
  }).enable();

  return {
    async left() {
      const end = performance.now() + PATIENCE;
      let found = there();
      while (found.length > 0 && performance.now() < end) {
        hook.disable();
        const pause = delay(50);
        hook.enable();
        await pause;
        found = there();
      }
      hook.disable();
      return found;
    },
  };

  function there(): string[] {
    const more = [...countsOf(process.getActiveResourcesInfo())].filter(
      ([type, count]) => type !== 'Timeout' && type !== 'Immediate' && count > (active.get(type) ?? 0),
    );
    const known = [...made.values()].map(({ type, made: { stack = '' } }) => `${type} ${makerOf(stack)}`);
    return [...known, ...more.map(([type, count]) => `${count} ${type}, at first ${active.get(type) ?? 0}`)];
  }
}

/** The first place outside Node that had it made. */
function makerOf(stack: string): string {
  const lines = stack.split('\n').slice(2);
  return (lines.find((line) => !line.includes('node:')) ?? lines.join(' < ')).trim();
}

function countsOf(types: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}
