import { describe, expect, it } from '@jest/globals';
import { knobQuery } from '../src/knobs/knob-query.js';
import { troubles } from '../src/knobs/troubles.js';

describe('troubles(what, now)', () => {
  it('are over when their time is', async () => {
    let now = 0;
    const { knobs, meet, on } = troubles('request', () => now);
    const signal = new AbortController().signal;
    await knobs['fail']?.turn(knobQuery(new URLSearchParams('seconds=5'), knobs['fail'].query));
    await knobs['slow']?.turn(knobQuery(new URLSearchParams('ms=1&seconds=8'), knobs['slow'].query));
    now = 4_500;
    expect(await meet(signal)).toBe(503);
    expect(on()).toEqual({ fail: { status: 503, seconds: 1 }, slow: { ms: 1, seconds: 4 } });
    now = 5_000;
    expect(await meet(signal)).toBeUndefined();
    now = 8_000;
    expect(on()).toEqual({});
  });
});
