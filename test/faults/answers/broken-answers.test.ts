import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type AccessToken, TokenRequestError, TokenTimeoutError } from 'oauth2-backend';
import {
  type ClientWorld,
  clients,
  clientWorld,
  manualClock,
} from '../../../packages/oauth2-backend/test/clients/client-world.js';
import { answers, type Result } from './broken-answers.js';
import { good, type TokenWire, tokenWire } from './token-wire.js';

let world: ClientWorld;
let wire: TokenWire;
beforeAll(async () => {
  [world, wire] = await Promise.all([clientWorld(), tokenWire()]);
});
beforeEach(() => world.api.reset());
afterAll(() => Promise.all([world.close(), wire.close()]));

/** Milliseconds for a renewal that the server drags out. */
const DEADLINE = 250;
/** Milliseconds for three attempts with their pauses. */
const QUICKLY = 1_500;

describe('a token endpoint that answers', () => {
  it.each(answers)('%s', async (_, answer, result) => {
    const clock = manualClock();
    const late = 'late' in result;
    const oauth2 = { token_endpoint: wire.url, backend: late ? { timeout: `${DEADLINE}ms` } : {} };
    const backends = world.backends({ oauth2 }, { clock });
    const sendAll = () => Promise.allSettled(clients.map(({ send }) => send(backends.get('api'), 'x')));
    wire.answer = answer;

    const started = performance.now();
    const ended = await sendAll();
    expect(performance.now() - started).toBeLessThan(late ? DEADLINE + 100 : QUICKLY);
    if ('token' in result) {
      expect(ended).toEqual(clients.map(() => expect.objectContaining({ status: 'fulfilled' })));
      expect(world.api.tokens()).toEqual(clients.map(() => result.token));
    } else {
      const errors = ended.map((each) => (each as PromiseRejectedResult).reason as Error);
      for (const error of errors) expectFailure(result, error);
      expect(errors[0]).not.toBe(errors[1]);
      expect(world.api.requests).toHaveLength(0);
      expect(backends.status()[0]).toMatchObject({ state: 'failing' });
      expect(backends.status()[0]).not.toHaveProperty('expiresAt');
    }

    wire.answer = good;
    world.api.reset();
    clock.advance(25 * 60 * 60 * 1000);
    expect(await sendAll()).toEqual(clients.map(() => expect.objectContaining({ status: 'fulfilled' })));
    expect(world.api.tokens()).toEqual(clients.map(() => 'good'));
    await backends.close();
    expect(polluted()).toEqual([]);
  });
});

function expectFailure(result: Result, error: Error): void {
  const { message } = error;
  if ('late' in result) {
    expect(error).toBeInstanceOf(TokenTimeoutError);
    expect(error).toMatchObject({ statusCode: 504 });
    expect(message).toMatch(new RegExp(`^127\\.0\\.0\\.1:\\d+ gave client "shop" no token within ${DEADLINE} ms: `));
    return;
  }
  expect(error).toBeInstanceOf(TokenRequestError);
  expect(error).toMatchObject({ statusCode: 502, expose: false });
  expect(message.length).toBeLessThanOrEqual(700);
  if ('says' in result) {
    expect(message).toMatch(/^127\.0\.0\.1:\d+ (?:answered client "shop" \d+|refused client "shop":) /);
    expect(message).toContain(result.says);
    expect(error).toMatchObject({ response: { status: result.status } });
  } else {
    expect(message).toMatch(/^127\.0\.0\.1:\d+ could not be reached for client "shop": \S/);
    expect((error as TokenRequestError).response).toBeUndefined();
  }
}

describe('a token endpoint that answers with a life of 0', () => {
  it.each([0, '0', 1e-300])('%j gives the token to those who wait and keeps nothing', async (life) => {
    wire.answer = (socket) => {
      const body = `{"access_token":"brief-${wire.requests}","expires_in":${JSON.stringify(life)}}`;
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    };
    const backend = world.backend({ oauth2: { token_endpoint: wire.url } });
    const before = wire.requests;
    const tokens: AccessToken[] = [];
    for (let count = 0; count < 3; count++) tokens.push(await backend.token());
    expect(tokens.map(({ value }) => value)).toEqual([1, 2, 3].map((count) => `brief-${before + count}`));
  });
});

/** What an answer has left on the prototypes of everything. */
function polluted(): string[] {
  const found: string[] = [];
  for (const name in {}) found.push(name);
  return found;
}
