import { describe, expect, it, jest } from '@jest/globals';
import { startFlight } from '../../src/sources/flight.js';
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
