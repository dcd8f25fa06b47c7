/** What the process holds: memory after forced collections, and what keeps it alive. */
import { setTimeout as pause } from 'node:timers/promises';

/** `{ heap, outside, resources }`: bytes in the heap and outside of it, and active resources counted by kind. */
export async function measure() {
  for (let round = 0; round < 5; round++) {
    globalThis.gc();
    await pause(50);
  }
  const resources = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const { heapUsed, external } = process.memoryUsage();
  return { heap: heapUsed, outside: external, resources };
}
