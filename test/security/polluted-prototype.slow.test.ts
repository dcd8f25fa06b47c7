import { describe, expect, it } from '@jest/globals';
import { namesOfCore, OTHERS, pollutedWire } from './polluted-wire.js';

describe('members that somebody puts on Object.prototype', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])(
    'change nothing that is sent, nor let any call fail: value %i under all names of core',
    async (value) => {
      const names = namesOfCore();
      expect(names).toEqual(expect.arrayContaining(['client_secret', 'tokenBackend', 'www-authenticate', 'NO_PROXY']));
      expect(await pollutedWire({ together: names, values: [value] })).toEqual([]);
    },
    300_000,
  );

  it.each([...OTHERS].filter((name) => name !== 'then'))(
    'send nothing else, though a call may fail: %s, which others read too',
    async (name) => {
      const found = (await pollutedWire({ alone: [name], values: [0, 1, 3, 7] })) as { changed?: string[] }[];
      expect(found.flatMap(({ changed = [] }) => changed)).toEqual([]);
    },
    300_000,
  );
});
