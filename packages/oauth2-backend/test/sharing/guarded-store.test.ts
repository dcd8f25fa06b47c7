import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { TokenStore } from 'oauth2-backend';
import { guardedStore, type StoreEvent, StoreUnavailable } from '../../src/sharing/guarded-store.js';
import { manualClock } from '../sources/manual-clock.js';
import { memoryStore, type Shelf } from './memory-store.js';

const TIMEOUT = 100;

/** A guarded store in memory whose operations can be held up, or fail. */
function guarded() {
  const shelf: Shelf = new Map();
  const memory = memoryStore(shelf, { storePlaintext: true });
  const called: string[] = [];
  let gate: Promise<void> | undefined;
  let broken: Error | undefined;
  const through =
    <A extends unknown[], T>(name: string, operation: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      called.push(name);
      await gate;
      if (broken) throw broken;
      return operation(...args);
    };
  const store: TokenStore = {
    sealing: memory.sealing,
    timeout: TIMEOUT,
    get: through('get', memory.get),
    set: through('set', memory.set),
    lease: through('lease', memory.lease),
    release: through('release', memory.release),
  };
  const clock = manualClock();
  const events: StoreEvent['type'][] = [];
  return {
    clock,
    called,
    events,
    memory,
    store: guardedStore(store, { clock, report: ({ type }) => events.push(type) }),
    hold() {
      let release = () => {};
      gate = new Promise((resolve) => {
        release = () => {
          gate = undefined;
          resolve();
        };
      });
      return release;
    },
    fail(error: Error | undefined) {
      broken = error;
    },
  };
}

describe('guardedStore(store)', () => {
  it('gives what the store gives, and rejects as unavailable when the store fails', async () => {
    const { store, fail, events } = guarded();
    expect(await store.lease('a', { ttl: 1_000, fence: 'f' })).toBe('f');
    expect(await store.set('a', 'text', { ttl: 1_000, fence: 'f' })).toBe(true);
    expect(await store.get('a')).toBe('text');
    fail(new Error('gone'));
    await expect(store.get('a')).rejects.toBeInstanceOf(StoreUnavailable);
    expect(events).toEqual(['down']);
  });

  it('gives up all operations under way when the first is late, and makes none until the period is over', async () => {
    const { store, called, events, hold } = guarded();
    hold();
    const ended: number[] = [];
    const get = async (key: string) => {
      await expect(store.get(key)).rejects.toBeInstanceOf(StoreUnavailable);
      ended.push(performance.now());
    };
    const first = get('0');
    await delay(TIMEOUT / 2);
    await Promise.all([first, ...Array.from({ length: 200 }, (_, index) => get(String(index)))]);
    expect(Math.max(...ended) - Math.min(...ended)).toBeLessThan(TIMEOUT / 3);
    expect(called).toHaveLength(201);
    for (let count = 0; count < 50; count++) await expect(store.get('0')).rejects.toBeInstanceOf(StoreUnavailable);
    expect(called).toHaveLength(201);
    expect(events).toEqual(['down']);
  });

  it('lets one operation try after the period, and the others when it has worked', async () => {
    const { store, called, events, clock, fail, hold } = guarded();
    fail(new Error('gone'));
    await expect(store.get('a')).rejects.toBeInstanceOf(StoreUnavailable);
    fail(undefined);
    clock.pass(1_200);
    const release = hold();
    const trial = store.get('a');
    await expect(store.get('b')).rejects.toBeInstanceOf(StoreUnavailable);
    release();
    await trial;
    await store.get('b');
    expect(called).toEqual(['get', 'get', 'get']);
    expect(events).toEqual(['down', 'up']);
  });

  it('gives back a lease that comes too late', async () => {
    const { store, memory, hold } = guarded();
    const release = hold();
    await expect(store.lease('a', { ttl: 60_000, fence: 'late' })).rejects.toBeInstanceOf(StoreUnavailable);
    release();
    await delay(5);
    expect(await memory.lease('a', { ttl: 60_000, fence: 'other' })).toBe('other');
  });

  it('blames no store for the time in which this process was busy', async () => {
    const { store, hold } = guarded();
    const release = hold();
    const got = store.get('a');
    const until = performance.now() + 3 * TIMEOUT;
    while (performance.now() < until);
    setImmediate(release);
    expect(await got).toBeUndefined();
  });

  it('takes a throw for a failure', async () => {
    const { store, memory } = guarded();
    const throwing = guardedStore(
      {
        ...memory,
        get: () => {
          throw new Error('now');
        },
      },
      { clock: manualClock(), report: () => {} },
    );
    await expect(throwing.get('a')).rejects.toBeInstanceOf(StoreUnavailable);
    expect(await store.get('a')).toBeUndefined();
  });
});
