import { describe, expect, it } from '@jest/globals';
import { AuthorizationHeaderError, bearer, OriginError, staticToken } from 'oauth2-backend';
import { FetchDispatcher } from '../../packages/oauth2-backend/src/clients/fetch/fetch-dispatcher.js';

const origin = 'https://billing.example.com';
const none = { remove: [], set: [], add: [] };

/** The dispatcher that fetch gets, over one that only records. */
function below(requests: unknown[]) {
  const dispatcher = { dispatch: (request: unknown) => requests.push(request) > 0 };
  const settings = { transport: { dispatcher }, timeouts: { ttfb: 0 }, headers: none, query: none } as never;
  return new FetchDispatcher({
    bearer: bearer(staticToken('the-token'), { origin, pathPrefix: '/v1' }),
    settings,
    call: { settings } as never,
    token: { value: 'the-token', type: 'Bearer', issuedAt: 0, expiresAt: 1 },
    kept: undefined,
    failure: undefined,
    onEnd: undefined,
  });
}

describe('what fetch itself would send, whatever it made of the request before', () => {
  it('carries the token to the backend', () => {
    const requests: unknown[] = [];
    below(requests).dispatch({ origin, path: '/v1/x', method: 'GET', headers: { accept: '*/*' } }, {});
    expect(requests).toEqual([
      expect.objectContaining({ origin, path: '/v1/x', headers: { accept: '*/*', authorization: 'Bearer the-token' } }),
    ]);
  });

  it.each([
    ['https://elsewhere.example', '/v1/x'],
    ['http://billing.example.com', '/v1/x'],
    [`${origin}:8443`, '/v1/x'],
    [origin, '/admin'],
    [origin, '/v1/../admin'],
    [origin, '/v1/%2e%2e/admin'],
    [origin, '//elsewhere.example/v1/x'],
  ])('is not sent to %s%s (104)', (to, path) => {
    const requests: unknown[] = [];
    const send = () => below(requests).dispatch({ origin: to, path, method: 'GET', headers: {} }, {});
    expect(send).toThrow(OriginError);
    expect(requests).toEqual([]);
  });

  it.each(['authorization', 'Host', 'Proxy-Authorization'])('is not sent with a %s of its own (104)', (name) => {
    const requests: unknown[] = [];
    const send = () => below(requests).dispatch({ origin, path: '/v1/x', method: 'GET', headers: { [name]: 'x' } }, {});
    expect(send).toThrow(AuthorizationHeaderError);
    expect(requests).toEqual([]);
  });
});
