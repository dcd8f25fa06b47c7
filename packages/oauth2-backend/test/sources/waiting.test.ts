import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { waitFor } from '../../src/sources/waiting.js';
import { complaintsOf } from './real-process.js';

describe('waitFor(promise, signal)', () => {
  it('gives the promise itself without a signal', () => {
    const promise = Promise.resolve(1);
    expect(waitFor(promise, undefined)).toBe(promise);
  });

  it('lets go of the signal when the promise is settled either way', async () => {
    const { signal } = new AbortController();
    const waiting = waitFor(Promise.resolve(1), signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    expect(await waiting).toBe(1);
    await expect(waitFor(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
    await Promise.resolve();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('rejects with the reason of a signal, fired before or after', async () => {
    const controller = new AbortController();
    const waiting = waitFor(new Promise(() => {}), controller.signal);
    controller.abort('mine');
    await expect(waiting).rejects.toBe('mine');
    await expect(waitFor(Promise.resolve(1), controller.signal)).rejects.toBe('mine');
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });
});

describe('waitFor(promise, signal), the signal having fired', () => {
  it('leaves no rejection that nobody hears', async () => {
    const complaints = await complaintsOf(async () => {
      const left = waitFor(Promise.reject(new Error('unheard')), AbortSignal.abort('mine'));
      await expect(left).rejects.toBe('mine');
    });
    expect(complaints).toEqual([]);
  });
});
