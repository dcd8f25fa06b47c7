import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ClientWorld, clientWorld } from '../clients/client-world.js';
import { memoryStore, type Shelf } from './memory-store.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

describe('backends.close() while a token is on its way into the store', () => {
  it('waits until it is there and the lease is given back', async () => {
    const shelf: Shelf = new Map();
    const store = memoryStore(shelf, { storePlaintext: true });
    let write: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      write = resolve;
    });
    const slow = { ...store, set: (...given: Parameters<typeof store.set>) => held.then(() => store.set(...given)) };
    const backends = world.backends({}, { store: slow });
    await backends.get('api').token();
    let closed = false;
    const closing = backends.close().then(() => {
      closed = true;
    });
    await sleep(30);
    expect(closed).toBe(false);
    write();
    await closing;
    expect([...shelf.keys()].filter((key) => key.endsWith(':lease'))).toEqual([]);
    expect(shelf.size).toBe(1);
  });

  it("waits no longer than the store's own timeout", async () => {
    const store = memoryStore(new Map(), { storePlaintext: true });
    const silent = { ...store, timeout: 50, set: () => new Promise<boolean>(() => {}) };
    const backends = world.backends({}, { store: silent, logger: { debug() {}, info() {}, warn() {}, error() {} } });
    await backends.get('api').token();
    const before = performance.now();
    await backends.close();
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
