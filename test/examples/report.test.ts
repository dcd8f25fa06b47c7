/** What the demo prints of a finding. */
import { describe, expect, it } from '@jest/globals';
import { reporter } from '../../examples/demo/report.js';

const finding = {
  app: { name: 'express', client: 'got' },
  tokenEndpoint: '2 requests',
  api: '100 × 200',
  caller: '100 × 200',
};

function printed(hasColors: boolean | undefined, checks: Record<string, boolean>) {
  let text = '';
  const stream = {
    write: (part: string) => (text += part),
    ...(hasColors === undefined ? {} : { hasColors: () => hasColors }),
  };
  const ok = reporter(stream).finding({ ...finding, checks });
  return { ok, text };
}

describe('reporter(stream).finding(finding)', () => {
  it('prints one line with a check mark when all checks hold', () => {
    expect(printed(undefined, { 'one token request': true })).toEqual({
      ok: true,
      text: '  ✓ express got  2 requests        100 × 200          100 × 200\n',
    });
  });

  it('prints a cross and what was not shown when one does not', () => {
    const { ok, text } = printed(undefined, { 'one token request': false, 'all authorised': true });
    expect(ok).toBe(false);
    expect(text).toMatch(/^ {2}✗ .*\n {6}not shown: one token request\n$/);
  });

  it('is coloured only where the stream has colours', () => {
    expect(printed(true, { held: true }).text).toContain('\u001b[32m✓\u001b[0m');
    expect(printed(false, { held: true }).text).not.toContain('\u001b');
  });
});
