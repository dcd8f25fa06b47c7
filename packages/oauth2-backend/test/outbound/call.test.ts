import { getEventListeners, setMaxListeners } from 'node:events';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Call, type CallOptions } from '../../src/outbound/call.js';

const late = () => new Error('late');
const start = (options: Partial<CallOptions> = {}) =>
  new Call({ signals: [], timeout: 0, late, onAbort: undefined, onDone: undefined, ...options });

afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

describe('new Call({ signals, timeout, late })', () => {
  it('fires with the reason of whichever signal fires first', () => {
    const [one, two] = [new AbortController(), new AbortController()];
    const call = start({ signals: [one.signal, undefined, null, two.signal] });
    expect(call.signal.aborted).toBe(false);
    two.abort('two');
    one.abort('one');
    expect(call.signal.reason).toBe('two');
  });

  it('has fired when one of them has already', () => {
    const { signal } = new AbortController();
    const call = start({ signals: [signal, AbortSignal.abort('before')] });
    expect(call.signal.reason).toBe('before');
    call.done();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('fires with late() when the time is over', () => {
    jest.useFakeTimers();
    const call = start({ timeout: 1_000 });
    jest.advanceTimersByTime(999);
    expect(call.signal.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect(call.signal.reason).toEqual(new Error('late'));
  });

  it('never fires after done(), which tells once and leaves no timer and no listener', () => {
    jest.useFakeTimers();
    const onDone = jest.fn();
    const controller = new AbortController();
    const call = start({ signals: [controller.signal], timeout: 1_000, onDone });
    call.limit(500, late);
    call.done();
    call.done();
    expect(onDone).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    call.limit(1, late);
    expect(jest.getTimerCount()).toBe(0);
    controller.abort();
    call.abort('after');
    expect(call.signal.aborted).toBe(false);
  });

  it('sets no timer for a limit of 0', () => {
    jest.useFakeTimers();
    start().limit(0, late);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('has timers that never keep the process alive', () => {
    const set = jest.spyOn(globalThis, 'setTimeout');
    const call = start({ timeout: 60_000 });
    call.limit(60_000, late);
    expect(set.mock.results.map(({ value }) => (value as NodeJS.Timeout).hasRef())).toEqual([false, false]);
    call.done();
  });

  it('replaces one limit by the next and lifts it', () => {
    jest.useFakeTimers();
    const call = start();
    call.limit(100, () => 'connect');
    call.limit(200, () => 'answer');
    jest.advanceTimersByTime(150);
    expect(call.signal.aborted).toBe(false);
    call.lift();
    jest.advanceTimersByTime(1_000);
    expect(call.signal.aborted).toBe(false);
    call.limit(100, () => 'answer');
    jest.advanceTimersByTime(100);
    expect(call.signal.reason).toBe('answer');
  });

  it('leaves nothing on a signal that 10,000 calls shared at once', () => {
    const { signal } = new AbortController();
    setMaxListeners(Number.POSITIVE_INFINITY, signal);
    const calls = Array.from({ length: 10_000 }, () => start({ signals: [signal], timeout: 60_000 }));
    expect(getEventListeners(signal, 'abort')).toHaveLength(10_000);
    for (const call of calls) call.done();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
