import { setTimeout as delay } from 'node:timers/promises';

/** Gives the first reading that is as wanted, or the last one before the time was over. @param milliseconds default 2 s */
export async function until<T>(read: () => T, wanted: (value: T) => boolean, milliseconds = 2_000): Promise<T> {
  const end = performance.now() + milliseconds;
  for (;;) {
    const value = read();
    if (wanted(value) || performance.now() > end) return value;
    await delay(5);
  }
}
