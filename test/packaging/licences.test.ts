import { describe, expect, it } from '@jest/globals';
import { packageNames } from './packed-packages.js';
import { runtimeDependencies } from './runtime-dependencies.js';

/** Licences that ask for no more than their own text. */
const permissive = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD'];

describe('the licences of all runtime dependencies', () => {
  it('are permissive ones', async () => {
    const dependencies = await runtimeDependencies(packageNames);
    const others = [...dependencies].flatMap(([key, { license }]) =>
      isPermissive(String(license)) ? [] : [`${key}: ${String(license)}`],
    );
    expect(others).toEqual([]);
    expect([...dependencies.keys()]).toEqual(
      expect.arrayContaining([expect.stringMatching(/^got@/), expect.stringMatching(/^cacheable-request@/)]),
    );
  });
});

/** Of SPDX's expressions only the choice is understood; everything else is for a reader to judge. */
function isPermissive(expression: string): boolean {
  return expression
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((licence) => permissive.includes(licence));
}
