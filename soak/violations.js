/** What went against an invariant. */

/** Counts violations by the invariant's name, and keeps the first few of each as text. */
export function violationList() {
  const byName = new Map();

  return {
    add(name, text) {
      const known = byName.get(name) ?? { count: 0, examples: [] };
      known.count += 1;
      if (known.examples.length < 3) known.examples.push(text);
      byName.set(name, known);
    },
    /** `[name, { count, examples }]`, in the order of their first appearance. */
    list: () => [...byName],
  };
}
