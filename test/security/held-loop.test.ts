import { describe, expect, it } from '@jest/globals';
import { heldLoop, tooLong } from './held-loop.js';

describe('a text of up to 1 MiB from outside', () => {
  it('holds the event loop for 100 ms at most, wherever it comes in', async () => {
    const held = await heldLoop(9);
    expect(Object.keys(held)).toEqual(expect.arrayContaining(['token answer', 'challenge', 'stored record']));
    expect(tooLong(held)).toEqual([]);
  }, 120_000);
});
