import { describe, expect, it } from '@jest/globals';
import { perContent } from '../../src/sharing/sharing.js';
import type { GrantSource } from '../../src/token-request/grant-source.js';
import { manualClock } from '../sources/manual-clock.js';
import { scriptedSource } from '../sources/scripted-source.js';

/** Sources whose tokens are named after the contents that they were made for. */
function reading(contents: readonly string[]) {
  const { make } = scriptedSource(manualClock());
  const files = { contents, broken: false };
  const made: string[] = [];
  const named = (value: string): GrantSource => ({
    token: async () => ({ ...make(), value }),
    found: async () => ({ ...make(), value: `found ${value}` }),
  });
  const source = perContent({
    read: async () => {
      if (files.broken) throw new Error('no such file');
      return files.contents;
    },
    make(each) {
      made.push(each.join('+'));
      return named(each.join('+'));
    },
    unshared: named('unshared'),
  });
  return { files, made, source };
}

describe('perContent(options)', () => {
  it('makes a source once for a content, and another when any of it changes', async () => {
    const { files, made, source } = reading(['key', 'certificate']);
    expect(await source.token()).toMatchObject({ value: 'key+certificate' });
    files.contents = ['key', 'certificate'];
    expect(await source.found?.({})).toMatchObject({ value: 'found key+certificate' });
    expect(made).toEqual(['key+certificate']);
    files.contents = ['key', 'renewed'];
    expect(await source.token()).toMatchObject({ value: 'key+renewed' });
    expect(made).toEqual(['key+certificate', 'key+renewed']);
  });

  it('asks the unshared one while the files cannot be read, and finds nothing', async () => {
    const { files, made, source } = reading(['key']);
    await source.token();
    files.broken = true;
    expect(await source.token()).toMatchObject({ value: 'unshared' });
    expect(await source.found?.({})).toBeUndefined();
    files.broken = false;
    expect(await source.token()).toMatchObject({ value: 'key' });
    expect(made).toEqual(['key']);
  });
});
