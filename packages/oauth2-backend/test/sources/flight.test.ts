import { getEventListeners } from 'node:events';
import { describe, expect, it, jest } from '@jest/globals';
import { startFlight, waitFor } from '../../src/sources/flight.js';
import { complaintsOf } from './real-process.js';

const late = () => new Error('late');

describe('startFlight(work, { deadline, late })', () => {
  it('gives what the work brings and clears its timer, which never kept the process alive', async () => {
    const set = jest.spyOn(globalThis, 'setTimeout');
    const clear = jest.spyOn(globalThis, 'clearTimeout');
    const flight = startFlight(async () => 'token', { deadline: 60_000, late });
    const timer = set.mock.results[0]?.value as NodeJS.Timeout;
    expect(timer.hasRef()).toBe(false);
    expect(await flight.result).toBe('token');
    expect(clear).toHaveBeenCalledWith(timer);
    jest.restoreAllMocks();
  });

  it('makes a rejection of a work that throws at once', async () => {
    const flight = startFlight(
      () => {
        throw new Error('at once');
      },
      { deadline: 60_000, late },
    );
    await expect(flight.result).rejects.toThrow('at once');
  });

  it('fails when the deadline is over, though the work ignores its signal', async () => {
    let signal: AbortSignal | undefined;
    const flight = startFlight(
      (given) => {
        signal = given;
        return new Promise(() => {});
      },
      { deadline: 5, late },
    );
    await expect(flight.result).rejects.toThrow('late');
    expect(signal?.reason).toEqual(new Error('late'));
  });

  it('ends now when it is aborted', async () => {
    const flight = startFlight(() => new Promise(() => {}), { deadline: 60_000, late });
    const reason = new Error('closed');
    flight.abort(reason);
    await expect(flight.result).rejects.toBe(reason);
  });

  it('leaves no rejection unhandled, whoever waits and however late the work fails', async () => {
    const complaints = await complaintsOf(async () => {
      startFlight(() => Promise.reject(new Error('nobody waits')), { deadline: 60_000, late });
      let fail: (error: Error) => void = () => {};
      const work = () =>
        new Promise<never>((_, reject) => {
          fail = reject;
        });
      const flight = startFlight(work, { deadline: 60_000, late });
      flight.abort(new Error('closed'));
      await flight.result.catch(() => {});
      fail(new Error('too late'));
    });
    expect(complaints).toEqual([]);
  });
});

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

describe('complaintsOf(work)', () => {
  it('hears an unhandled rejection and a warning', async () => {
    const complaints = await complaintsOf(async () => {
      void Promise.reject(new Error('unheard'));
      // Newer Nodes do not warn of an AbortSignal.
      const target = new EventTarget();
      for (let index = 0; index < 11; index++) target.addEventListener('abort', () => {});
    });
    expect(complaints.sort()).toEqual(['Error: unheard', expect.stringContaining('MaxListenersExceededWarning')]);
  });
});
