import { describe, expect, it } from '@jest/globals';
import { latencyPlot, outline } from '../../bench/report/latency-plot.js';

describe('outline(points, frame)', () => {
  it('draws the slowest request of each 50 ms, higher for slower ones, up to the top of the strip', () => {
    const points = [
      { at: 10, took: 1000 },
      { at: 20, took: 1 },
      { at: 60, took: 10 },
    ];
    const heights = [...outline(points, { top: 100, span: 1000, highest: 1000 }).matchAll(/M[\d.]+ 162V([\d.]+)/g)];
    const [slow = Number.NaN, fast = Number.NaN, ...more] = heights.map((match) => Number(match[1]));
    expect(more).toEqual([]);
    expect(slow).toBe(100);
    expect(fast).toBeGreaterThan(slow);
    expect(fast).toBeLessThan(162);
  });
});

describe('latencyPlot(series)', () => {
  it('names each series and both axes, and marks what failed', () => {
    const points = [{ at: 0, took: 5, status: 0 }];
    const svg = latencyPlot([
      { title: 'oauth2-backend fetch', points },
      { title: 'a < b', points: points.map((point) => ({ ...point, status: 200 })) },
    ]);
    expect(svg).toContain('oauth2-backend fetch</text>');
    expect(svg).toContain('a &lt; b</text>');
    expect(svg).toContain('time, seconds</text>');
    expect(svg).toContain('latency, milliseconds (logarithmic)</text>');
    expect(svg.match(/<circle/g)).toHaveLength(1);
    expect(svg).not.toContain('NaN');
  });
});
