import { describe, expect, it } from '@jest/globals';
import { backendAttributes } from '../../packages/oauth2-backend/src/definitions/attributes/backend.js';
import { oauth2Attributes } from '../../packages/oauth2-backend/src/definitions/attributes/oauth2.js';
import { signingAttributes } from '../../packages/oauth2-backend/src/definitions/attributes/signing.js';
import { tlsAttributes } from '../../packages/oauth2-backend/src/definitions/attributes/tls.js';
import { pollutedWire } from './polluted-wire.js';

/** Node reads it of the options of a socket that a test's own server has. */
const OTHERS = new Set(['timeout']);

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

  it('change nothing that is sent: what Node, undici, got and fetch would take for their options', async () => {
    const connections = {
      agent: { http: 'theirs' },
      cert: 'theirs',
      defaultPort: 1,
      host: 'evil.example',
      http_proxy: '$evil',
      https_proxy: '$evil',
      key: 'theirs',
      pfx: 'theirs',
      rejectUnauthorized: false,
      servername: 'evil.example',
      socketPath: '/nowhere',
    };
    const requests = {
      auth: 'their:own',
      form: { theirs: '1' },
      headers: { 'x-theirs': '1' },
      json: { theirs: 1 },
      method: 'PUT',
      origin: '$evil',
      password: 'theirs',
      prefixUrl: '$evil',
      query: { theirs: '1' },
      searchParams: { theirs: '1' },
      upgrade: 'websocket',
      url: '$evil',
      username: 'theirs',
      'x-theirs': '1',
    };
    const fetched = { cache: 'no-store', credentials: 'include', integrity: 'x', mode: 'navigate', referrer: '$evil' };
    const assertions = { aud: 'theirs', kid: 'theirs', typ: 'theirs', verified: true };
    expect(await pollutedWire({ given: [{ ...connections, ...requests, ...fetched, ...assertions }] })).toEqual([]);
  }, 60_000);

  it.each(['$evil', true])(
    'change nothing that is sent: every attribute, as %j',
    async (value) => {
      const attributes = { ...backendAttributes, ...oauth2Attributes, ...signingAttributes, ...tlsAttributes };
      const names = Object.keys(attributes).filter((name) => !OTHERS.has(name));
      expect(names.length).toBeGreaterThan(60);
      const members = Object.fromEntries(names.map((name) => [name, value]));
      expect(await pollutedWire({ given: [members] })).toEqual([]);
    },
    60_000,
  );
});
