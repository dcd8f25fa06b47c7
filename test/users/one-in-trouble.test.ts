import { afterEach, describe, expect, it } from '@jest/globals';
import { TokenRequestError, TokenTimeoutError } from 'oauth2-backend';
import { type Answer, type RecordingServer, recordingServer } from 'test-servers/recording-server';
import { formOf } from 'test-servers/token-server';
import { type Users, users } from '../faults/users.js';

const OTHERS = 60;
/** Of a renewal, milliseconds. */
const DEADLINE = 600;

let tokens: RecordingServer;
let world: Users;
afterEach(async () => {
  await world.backends.close();
  await tokens.close();
});

describe('one user whose token requests fail again and again', () => {
  it.each<[string, Answer]>([
    ['503', { status: 503 }],
    ['503 with Retry-After', { status: 503, headers: { 'retry-after': '60' } }],
    ['429 that asks for five minutes', { status: 429, headers: { 'retry-after': '300' } }],
    ['silence', { delay: 3 * DEADLINE }],
    ['garbage', { body: '<html>' }],
    ['an empty answer', { body: '' }],
  ])('%s: 60 new users are served as if he were not there', async (_, answer) => {
    tokens = await recordingServer((request) => {
      const user = userOf(request);
      if (user === 'bad') return answer;
      return { body: { access_token: `token-of-${user}`, token_type: 'Bearer', expires_in: 3600 } };
    });
    const backend = { timeout: `${answer.delay ? DEADLINE : 15_000}ms` };
    world = users({ origin: 'http://127.0.0.1:9', token_endpoint: `${tokens.origin}/token`, backend });
    const bad = () =>
      world
        .of('bad')
        .token()
        .catch((error: unknown) => error);

    const failures: Promise<unknown>[] = [];
    for (let index = 0; index < OTHERS; index++) {
      const failure = bad();
      failures.push(failure);
      // Who is silent goes on being silent while the others are served.
      if (!answer.delay) await failure;
      const { value } = await world.of(`user-${index}`).token();
      expect(value).toBe(`token-of-user-${index}`);
      if (index % 20 === 15) await Promise.all(failures);
      if (index % 20 === 19) world.clock.advance(2_500);
    }
    for (const error of await Promise.all(failures)) {
      expect(error).toBeInstanceOf(answer.delay ? TokenTimeoutError : TokenRequestError);
    }
    const asked = tokens.requests.map(userOf).filter((user) => user !== 'bad');
    expect(asked).toEqual(Array.from({ length: OTHERS }, (_each, index) => `user-${index}`));
    expect(world.backends.status()[0]?.counts).toMatchObject({ renewals: OTHERS });
  });
});

function userOf(request: Parameters<typeof formOf>[0]): string | undefined {
  return formOf(request)['assertion']?.replace('assertion-of-', '');
}
