import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Complaint, compiled, type compilers, type flagSets, type takers } from './compiled-definitions.js';
import type { DefinitionCase } from './definition-case.js';
import { rightDefinitions } from './right-definitions.js';
import { wrongDefinitions } from './wrong-definitions.js';

/** Describes that a compiler refuses the wrong definitions, each at its line, and accepts the right ones. */
export function judgedBy(
  compiler: keyof typeof compilers,
  flags: keyof typeof flagSets,
  taker: keyof typeof takers = 'createBackends',
): void {
  describe(`${taker}, TypeScript ${compiler}, ${flags}`, () => {
    let complaints: readonly (readonly Complaint[])[];
    beforeAll(async () => {
      complaints = await compiled([...wrongDefinitions, ...rightDefinitions], compiler, flags, taker);
    }, 120_000);

    const judged = wrongDefinitions.filter((each) => flags !== 'loose' || !each.strictOnly);
    it.each(judged)('$name: refused, at its line, in one line', (each) => {
      const found = complaints[wrongDefinitions.indexOf(each)]?.filter(({ line }) => line === lineOf(each)) ?? [];
      const lines = found.map(({ message }) => message.split('\n').at(each.variable ? -1 : 0));
      expect(lines).toContainEqual(expect.stringContaining(each.says ?? '-'));
    });

    it.each(rightDefinitions)('$name: accepted', (each) => {
      expect(complaints[wrongDefinitions.length + rightDefinitions.indexOf(each)]).toEqual([]);
    });
  });
}

/** Where `// here` stands. */
function lineOf({ text }: DefinitionCase): number {
  const line = text.split('\n').findIndex((each) => each.includes('// here'));
  return line === -1 ? 1 : line + 1;
}
