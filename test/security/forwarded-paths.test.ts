import { describe } from '@jest/globals';
import { itSendsWhatTheGuardSaw } from './forwarded-paths-suite.js';
import { forwardingApps } from './forwarding-apps.js';

describe.each(forwardingApps)('%s: forward() and 600 request targets', (_, open) => {
  itSendsWhatTheGuardSaw(open, { count: 600, seed: 1 });
});
