import { once } from 'node:events';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ClientWorld, clients, clientWorld, rejection } from './client-world.js';
import { rawServer } from './raw-server.js';

const TOKEN = 'token-1';
const shown = (value: unknown) => inspect(value, { depth: 12 });

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

describe('got: what it gives', () => {
  it('does not show the token: an answer', async () => {
    const response = await world.backend().got('echo');
    expect(world.api.tokens()).toEqual([TOKEN]);
    expect(shown(response)).not.toContain(TOKEN);
    expect(Object.keys(response)).not.toContain('request');
    expect(response.request).toBeDefined();
  });

  it('does not show the token: a stream, its answer, and both when they are over', async () => {
    const stream = world.backend().got.stream('echo');
    const [response] = (await once(stream, 'response')) as [object];
    expect(shown(stream)).not.toContain(TOKEN);
    expect(shown(response)).not.toContain(TOKEN);
    expect(Object.keys(response)).not.toContain('request');
    await once(stream.resume(), 'end');
    expect(world.api.tokens()).toEqual([TOKEN]);
    expect(shown(stream)).not.toContain(TOKEN);
    expect(shown(response)).not.toContain(TOKEN);
  });
});

describe('an API that repeats the token', () => {
  it.each(clients)('in broken HTTP does not get it into the error: $name', async ({ send }) => {
    const server = await rawServer((head) => `HTTP/1.1 2x0 ${/authorization: .*/i.exec(head)?.[0]}\r\n\r\n`);
    try {
      const error = await rejection(send(world.backend({ origin: server.origin }), 'x'));
      expect(shown(error)).toMatch(/HPE_INVALID_STATUS|HTTPParserError/);
      // Bytes, so not to be found as text.
      expect(error.cause ?? error).not.toHaveProperty('rawPacket');
      expect(error.cause ?? error).not.toHaveProperty('data');
      expect(shown(error)).not.toContain(TOKEN);
      expect(JSON.stringify(error)).not.toContain(TOKEN);
    } finally {
      server.close();
    }
  });

  it('in the body of a 500 does not get it into the error of got; the body is there by name', async () => {
    const body = JSON.stringify({ received: TOKEN });
    world.api.next({ status: 500, body });
    const error = await rejection(world.backend().got('x'));
    expect(error).toMatchObject({ name: 'HTTPError', statusCode: 502, response: { statusCode: 500, body } });
    expect(shown(error)).not.toContain(TOKEN);
    expect(JSON.stringify(error)).not.toContain(TOKEN);
    expect(shown(error['response'])).not.toContain(TOKEN);
  });
});
