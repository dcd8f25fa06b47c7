import { describe, expect, it } from '@jest/globals';
import { heldLoop, tooLong } from './held-loop.js';

describe('each of the worst texts from outside', () => {
  it('holds the event loop for 100 ms at most, wherever it comes in', async () => {
    expect(tooLong(await heldLoop(1))).toEqual([]);
  }, 600_000);
});
