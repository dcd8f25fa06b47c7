import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createBackends } from 'oauth2-backend';
import { type ApiServer, apiServer } from 'test-servers/api-server';
import {
  type ClientWorld,
  clients,
  clientWorld,
  type Received,
} from '../../packages/oauth2-backend/test/clients/client-world.js';
import { accepted } from '../../packages/oauth2-backend/test/sources/accepted.js';
import { complaintsOf } from '../../packages/oauth2-backend/test/sources/real-process.js';
import { steppedClock } from './stepped-clock.js';

const MOST_REQUESTS = 6;
const logger = { debug() {}, info() {}, warn() {}, error() {} };

let world: ClientWorld;
let other: ApiServer;
beforeEach(async () => {
  world = await clientWorld();
  other = await apiServer();
});
afterEach(() => Promise.all([world.close(), other.close()]));

describe('an API that always answers 401, asked 200 times a second for 5 s,', () => {
  it('gives each call its 401 with body; the token endpoint sees little of it, and another backend gets its renewal', async () => {
    const clock = steppedClock();
    const oauth2 = {
      grant_type: 'client_credentials',
      token_endpoint: world.as.url,
      client_id: 'shop',
      client_secret: 'the-secret',
    } as const;
    const definitions = { refusing: { origin: world.api.origin, oauth2 }, other: { origin: other.origin, oauth2 } };
    const backends = createBackends(definitions, { clock, logger });
    const refusing = backends.get('refusing');
    world.api.valid = () => false;
    const tokenRequests = () => backends.status().map(({ counts }) => counts.tokenRequests);

    const complaints = await complaintsOf(async () => {
      await backends.get('other').token();
      const calls: Promise<Received>[] = [];
      for (let count = 0; count < 1_000; count++) {
        const client = clients[count % clients.length];
        if (client) calls.push(client.send(refusing, `${count}`));
        clock.advance(5);
        // Most are under way together, as they are when 200 come in a second.
        if (count % 200 === 199) await Promise.all(calls.slice(-400, -200));
        else await turn();
        if (count === 500) {
          other.revoke((await accepted(backends.get('other').token())).value);
          for (const { send } of clients) expect(await send(backends.get('other'), 'x')).toMatchObject({ status: 200 });
        }
      }
      for (const [index, { status, body, header }] of (await Promise.all(calls)).entries()) {
        expect([index, status, header('www-authenticate')]).toEqual([index, 401, 'Bearer error="invalid_token"']);
        expect(JSON.parse(body)).toEqual({ refused: expect.stringMatching(/^token-\d+$/) });
      }
      expect(calls).toHaveLength(1_000);
      expect(tokenRequests()[0]).toBeLessThanOrEqual(MOST_REQUESTS);
      expect(tokenRequests()[1]).toBe(2);

      // Nor does it see much later: one after 12 s, one after 24 s more.
      for (let second = 0; second < 60; second++) {
        clock.advance(1_000);
        await clients[second % clients.length]?.send(refusing, 'later');
      }
      expect(tokenRequests()[0]).toBeLessThanOrEqual(4);
    });
    expect(complaints).toEqual([]);
    await backends.close();
  }, 30_000);
});

describe('500 late 401s for an old token', () => {
  it.each(clients)(
    'cost no token request when a newer one is there: $name',
    async ({ send }) => {
      const clock = steppedClock();
      const backend = world.backend({}, { clock, logger });
      const complaints = await complaintsOf(async () => {
        await backend.token();
        world.api.revoke('token-1');
        const release = world.api.hold();
        const calls = Array.from({ length: 500 }, () => send(backend, 'x'));
        await world.api.arrived(500);
        expect(new Set(world.api.tokens())).toEqual(new Set(['token-1']));
        // The old one is over meanwhile, for those who come now.
        clock.advance(3_600_000);
        expect((await backend.token()).value).toBe('token-2');
        release();
        for (const { status } of await Promise.all(calls)) expect(status).toBe(200);
        expect(world.api.tokens().slice(500)).toEqual(calls.map(() => 'token-2'));
        expect(world.as.requests).toHaveLength(2);
      });
      expect(complaints).toEqual([]);
    },
    30_000,
  );
});
