/** Ways to put load on a call, `() => Promise<status>`. A status other than 200, and a rejection, is a failure. */
import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds after the last call; who has no answer by then has failed. */
const PATIENCE = 5_000;
const PATIENCE_WITH_MANY = 60_000;

/**
 * As fast as it goes: `concurrency` calls at any time, for so many milliseconds.
 *
 * @returns `{ requests, failures, seconds, cpu }`; `cpu` is this process's, user and system, in microseconds
 */
export async function closedLoop(call, { concurrency, milliseconds }) {
  let requests = 0;
  let failures = 0;
  const cpu = process.cpuUsage();
  const started = performance.now();
  await Promise.all(Array.from({ length: concurrency }, one));
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { requests, failures, seconds, cpu: user + system };

  async function one() {
    while (performance.now() - started < milliseconds) {
      const status = await call().catch(() => 0);
      requests += 1;
      if (status !== 200) failures += 1;
    }
  }
}

/**
 * `rate` calls a second whatever the answers take.
 *
 * @returns `{ calls: { at, took, status }[] }` in order, `at` and `took` in milliseconds; without an answer `status` is 0
 */
export async function openLoop(call, { rate, milliseconds }) {
  const calls = [];
  const running = [];
  const started = performance.now();
  for (let now = 0; now < milliseconds; now = performance.now() - started) {
    const due = Math.floor((now * rate) / 1000) + 1;
    while (calls.length < due) running.push(timed(call, started, calls));
    await pause(Math.max(1, (calls.length * 1000) / rate - now));
  }
  await Promise.race([Promise.all(running), pause(PATIENCE)]);
  const waited = performance.now() - started;
  return { calls: calls.map(({ at, took, status }) => ({ at, took: took ?? waited - at, status })) };
}

/** `requests` calls at once. @returns `{ failures, seconds, reasons }`; `reasons` are the different ones, as text */
export async function burst(call, { requests }) {
  const started = performance.now();
  const calls = [];
  const running = Array.from({ length: requests }, () => timed(call, started, calls));
  await Promise.race([Promise.all(running), pause(PATIENCE_WITH_MANY)]);
  const failed = calls.filter(({ status }) => status !== 200);
  const reasons = [...new Set(failed.map(({ status, error }) => error ?? `status ${status}`))];
  return { failures: failed.length, seconds: (performance.now() - started) / 1000, reasons };
}

async function timed(call, started, calls) {
  const at = performance.now() - started;
  const entry = { at, took: undefined, status: 0 };
  calls.push(entry);
  const status = await call().catch((error) => {
    entry.error = String(error);
    return 0;
  });
  entry.took = performance.now() - started - at;
  entry.status = status;
}
