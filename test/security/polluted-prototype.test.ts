import { describe, expect, it } from '@jest/globals';
import { pollutedWire } from './polluted-wire.js';

describe('members that somebody puts on Object.prototype', () => {
  it('change nothing that is sent: a proxy, a host, an authority, a scope, credentials, a prefix', async () => {
    const members = {
      proxy: { url: '$evil' },
      hostname: 'evil.example',
      ca: 'nothing',
      scope: 'everything',
      basicAuth: 'their:own',
      path_prefix: '/elsewhere',
    };
    expect(await pollutedWire({ given: [members] })).toEqual([]);
  }, 60_000);
});
