/** The parameters of a knob, checked. */

/** What is wrong with a parameter; answered 400. */
export class KnobError extends Error {
  override readonly name = 'KnobError';
}

export interface KnobQuery {
  /** @throws {KnobError} unless it is an integer from `least` to `most` */
  integer(name: string, least: number, most: number): number;
  /** @throws {KnobError} unless it is one of `choices` */
  choice<T extends string>(name: string, choices: readonly T[]): T;
  /** `undefined` where it is empty. */
  text(name: string): string | undefined;
}

/**
 * Reads `given` over `presets`, both queries.
 *
 * @throws {KnobError} naming what is no parameter, or given twice
 */
export function knobQuery(given: URLSearchParams, presets: string): KnobQuery {
  const values = new Map(new URLSearchParams(presets));
  const seen = new Set<string>();
  for (const [name, value] of given) {
    if (!values.has(name))
      throw new KnobError(`${name}: no parameter; there are ${[...values.keys()].join(', ') || 'none'}`);
    if (seen.has(name)) throw new KnobError(`${name}: given twice`);
    seen.add(name);
    values.set(name, value);
  }
  const text = (name: string) => values.get(name) || undefined;
  return {
    text,
    integer(name, least, most) {
      const value = /^\d{1,9}$/.test(text(name) ?? '') ? Number(text(name)) : Number.NaN;
      if (value >= least && value <= most) return value;
      throw new KnobError(`${name}: an integer from ${least} to ${most}`);
    },
    choice(name, choices) {
      const value = choices.find((choice) => choice === text(name));
      if (value !== undefined) return value;
      throw new KnobError(`${name}: ${choices.join(' or ')}`);
    },
  };
}
