import { describe } from '@jest/globals';
import { itSendsWhatTheGuardSaw } from './forwarded-paths-suite.js';
import { forwardingApps } from './forwarding-apps.js';

describe.each(forwardingApps)('%s: forward() and 20 000 request targets', (_, open) => {
  itSendsWhatTheGuardSaw(open, { count: 20_000, seed: 20_261_128 });
});
