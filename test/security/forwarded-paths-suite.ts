/** The path that the framework's own guard saw and the path that the backend got are the same, or nothing was sent. */
import { expect, it } from '@jest/globals';
import { type Passage, passages, targets } from './forwarded-paths.js';
import type { OpenForwardingApp } from './forwarding-apps.js';

/** Half of the targets go to an application without a mount, half to one with. */
export function itSendsWhatTheGuardSaw(
  open: OpenForwardingApp,
  { count, seed }: { readonly count: number; readonly seed: number },
): void {
  const time = 20_000 + count * 20;
  const half = Math.ceil(count / 2);

  it(
    'sends the path that a guard saw, and the query as it came, or nothing',
    async () => {
      const all = await passages(open, targets(half, seed), {});
      expect(all.filter(({ guarded, sent }) => sent !== undefined && pathOf(sent) !== guarded)).toEqual([]);
      expect(all.filter(isOwnForm).filter(({ target, sent }) => sent !== target)).toEqual([]);
      // Else it would show nothing.
      expect(passed(all)).toBeGreaterThan(half / 5);
    },
    time,
  );

  it(
    'sends the same below a mount',
    async () => {
      const all = await passages(open, targets(half, seed + 1), { mount: '/api', path_prefix: '/v1' });
      const wrong = ({ guarded, sent }: Passage) => pathOf(sent as string) !== `/v1${guarded?.slice('/api'.length)}`;
      expect(all.filter((each) => each.sent !== undefined && wrong(each))).toEqual([]);
      const cut = ({ target }: Passage) => `/v1${target.slice('/api'.length)}`;
      expect(all.filter(isOwnForm).filter((each) => each.sent !== cut(each))).toEqual([]);
      expect(passed(all)).toBeGreaterThan(half / 5);
    },
    time,
  );
}

const pathOf = (url: string) => url.split('?', 1)[0];
const passed = (all: readonly Passage[]) => all.filter(({ sent }) => sent !== undefined).length;
/** What is no whole URL is sent to the letter. */
const isOwnForm = ({ target, sent }: Passage) => sent !== undefined && target.startsWith('/');
