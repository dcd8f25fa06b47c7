import { describe, expect, it } from '@jest/globals';
import { backendOf, problemsOfBackend, problemsOfOAuth2 } from './outcome.js';

describe('forward_headers', () => {
  it('are names in lower case, each once', () => {
    expect(backendOf({ forward_headers: ['X-Request-Id', 'traceparent', 'x-request-id'] }).forwardHeaders).toEqual([
      'x-request-id',
      'traceparent',
    ]);
    expect(backendOf({ forward_headers: [] }).forwardHeaders).toEqual([]);
  });

  it.each([
    'Authorization',
    'COOKIE',
    'Cookie2',
    'set-cookie',
    'DPoP',
    'Proxy-Authorization',
    'proxy-anything',
    'Content-Length',
    'content-type',
    'Content-Encoding',
    'Transfer-Encoding',
    'HTTP2-Settings',
    'Accept-Encoding',
    'Expect',
    'Host',
    'Connection',
    'Keep-Alive',
    'TE',
    'Trailer',
    'Upgrade',
    'X-Forwarded-Authorization',
    'X-Original-Authorization',
    'WWW-Authenticate',
    'X-Forwarded-Access-Token',
    'X-Auth-Token',
    'X-API-Key',
    'X-ApiKey',
    'Sec-WebSocket-Key',
  ])('are never %s', (name) => {
    expect(problemsOfBackend({ forward_headers: ['x-a', name] })).toEqual([
      { path: 'a.forward_headers[1]', message: expect.stringMatching(/never carried on|belongs to the connection/) },
    ]);
  });

  it.each([' authorization', 'a b', 'a:b', 'a\r\nb', '', ':authority', 'ä'])('refuse %j as a name', (name) => {
    expect(problemsOfBackend({ forward_headers: [name] })).toEqual([
      { path: 'a.forward_headers[0]', message: expect.stringContaining('no valid header name') },
    ]);
  });

  it('are no attribute of a token backend of its own', () => {
    const backend = { forward_headers: ['x-request-id'] };
    const oauth2 = { grant_type: 'client_credentials', token_endpoint: 'https://as.example.com/token', backend };
    expect(problemsOfOAuth2({ ...oauth2, client_id: 'shop', client_secret: 's' })).toEqual([
      { path: 'a.oauth2.backend.forward_headers', message: expect.stringContaining('does nothing here') },
    ]);
  });
});
