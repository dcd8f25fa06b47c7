/** What this process holds. */

let watch;

/** `{ heap, rss }` in bytes, after a garbage collection. */
export function memory() {
  for (let i = 0; i < 4; i++) globalThis.gc();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed, rss };
}

/** Begins to watch the resident memory, or ends it and gives `{ start, peak }` in bytes. */
export function watchMemory() {
  if (watch === undefined) {
    globalThis.gc();
    const start = process.memoryUsage.rss();
    watch = { start, peak: start };
    watch.timer = setInterval(() => {
      watch.peak = Math.max(watch.peak, process.memoryUsage.rss());
    }, 10);
    return undefined;
  }
  const { start, peak, timer } = watch;
  clearInterval(timer);
  watch = undefined;
  return { start, peak };
}
