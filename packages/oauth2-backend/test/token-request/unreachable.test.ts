import { describe, expect, it } from '@jest/globals';
import { TokenRequestError, TokenTimeoutError } from 'oauth2-backend';
import { tokenEndpoint } from '../../src/token-request/token-endpoint.js';
import { manualClock } from '../sources/manual-clock.js';

/** What asking gives when the connection failed with this. */
async function failure(thrown: unknown): Promise<Error> {
  const endpoint = tokenEndpoint({
    backend: 'billing',
    openPost: async () => () => Promise.reject(thrown),
    clientAuth: async () => {},
    params: {},
    asked: { url: 'https://as.example/token?key=hidden', clientId: 'shop', place: 'billing.oauth2.backend' },
    defaultTtl: 1000,
    explicitTtl: false,
    warn: () => {},
    clock: manualClock(),
  });
  return endpoint
    .ask(async () => {}, {})
    .then(
      () => Promise.reject(new Error('a token came')),
      (error) => error,
    );
}

describe('tokenEndpoint(options).ask() when the connection fails', () => {
  it.each([
    [{ name: 'TimeoutError' }],
    [{ name: 'HeadersTimeoutError', code: 'UND_ERR_HEADERS_TIMEOUT' }],
    [{ name: 'Error', code: 'ETIMEDOUT' }],
  ])('calls %j a timeout', async (thrown) => {
    const error = await failure(thrown);
    expect(error).toBeInstanceOf(TokenTimeoutError);
    expect(error).toMatchObject({ message: 'token endpoint of "billing" did not answer in time', cause: thrown });
  });

  it.each<[unknown, string]>([
    [{ code: 'ECONNREFUSED', message: 'connect' }, 'ECONNREFUSED'],
    [{ code: '', message: 'other side closed' }, 'other side closed'],
    [{ code: 7, message: 'odd' }, 'odd'],
    [{ name: 'Error', message: '' }, 'unknown reason'],
    ['a text', 'unknown reason'],
    [null, 'unknown reason'],
  ])('names the reason of %j: its code, else its message', async (thrown, reason) => {
    const error = await failure(thrown);
    expect(error).toBeInstanceOf(TokenRequestError);
    expect(error.message).toBe(`token endpoint of "billing" could not be reached: ${reason}`);
  });

  it('gives the error of the network as the cause', async () => {
    const thrown = { code: 'HPE_INVALID_CONSTANT' };
    expect((await failure(thrown)).cause).toBe(thrown);
  });
});
