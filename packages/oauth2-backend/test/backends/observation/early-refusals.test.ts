import { describe, expect, it } from '@jest/globals';
import { earlyRefusals } from '../../../src/backends/observation/early-refusals.js';
import { manualClock } from '../../sources/manual-clock.js';

function watching() {
  const clock = manualClock();
  const reports: string[] = [];
  const early = earlyRefusals(clock, (message) => reports.push(message));
  const refuse = (age: number, later = 0) => {
    clock.pass(later);
    const issuedAt = clock.now() - age;
    early.refused({ value: 'x', type: 'Bearer', issuedAt, expiresAt: issuedAt + 3_600_000 });
  };
  return { reports, early, refuse };
}

describe('earlyRefusals(clock, report)', () => {
  it('reports the third new token in a row that was refused, once, with what it probably is', () => {
    const { reports, refuse } = watching();
    refuse(0);
    refuse(30_000);
    expect(reports).toEqual([]);
    refuse(0);
    expect(reports).toHaveLength(1);
    for (let count = 0; count < 10; count++) refuse(0);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatch(/3 tokens in a row.*audience.*scope.*clock/);
  });

  it('takes refusals that lie far apart for different matters', () => {
    const { reports, refuse } = watching();
    for (let count = 0; count < 10; count++) refuse(0, 600_001);
    expect(reports).toEqual([]);
    refuse(0, 600_000);
    refuse(0, 600_000);
    expect(reports).toHaveLength(1);
  });

  it('begins anew after a token that was old, or accepted', () => {
    const { reports, early, refuse } = watching();
    for (const between of [() => refuse(30_001), () => early.accepted()]) {
      refuse(0);
      refuse(0);
      between();
    }
    expect(reports).toEqual([]);
    refuse(0);
    refuse(0);
    refuse(0);
    expect(reports).toHaveLength(1);
    early.accepted();
    for (let count = 0; count < 3; count++) refuse(0);
    expect(reports).toHaveLength(2);
  });
});
