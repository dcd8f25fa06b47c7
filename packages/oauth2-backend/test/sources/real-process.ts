import { setImmediate as turn } from 'node:timers/promises';

/** The process itself: Jest gives tests a copy of `process` that hears neither warnings nor unhandled rejections. */
const realProcess: NodeJS.Process = turn.constructor('return process')();

/** Runs the work and gives every warning and unhandled rejection that came of it. */
export async function complaintsOf(work: () => Promise<unknown>): Promise<string[]> {
  const complaints: string[] = [];
  const note = (complaint: unknown) => complaints.push(String(complaint));
  // Jest's own listeners would fail the test before it can look.
  const others = realProcess.listeners('unhandledRejection');
  realProcess.removeAllListeners('unhandledRejection');
  realProcess.on('unhandledRejection', note);
  realProcess.on('warning', note);
  try {
    await work();
    for (let round = 0; round < 3; round++) await turn();
  } finally {
    realProcess.off('warning', note);
    realProcess.off('unhandledRejection', note);
    for (const listener of others) realProcess.on('unhandledRejection', listener);
  }
  return complaints;
}
