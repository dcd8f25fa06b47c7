import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { billing } from '../billing.js';

let server: TokenServer;
beforeEach(async () => {
  server = await tokenServer();
});
afterEach(() => server.close());

describe('client_secret_post', () => {
  it('puts id and secret into the body, escaped, and sends no Authorization (RFC 6749 §2.3, §2.3.1)', async () => {
    await billing(server.url, {
      token_endpoint_auth_method: 'client_secret_post',
      client_id: 'sh:op ä',
      client_secret: "s:e%c r+ä!'()*~€",
      scope: 'read',
    }).backend.token();
    const [request] = server.requests;
    expect(request?.body.toString('latin1')).toBe(
      [
        'client_id=sh%3Aop+%C3%A4',
        'client_secret=s%3Ae%25c+r%2B%C3%A4%21%27%28%29%2A~%E2%82%AC',
        'grant_type=client_credentials',
        'scope=read',
      ].join('&'),
    );
    expect(request?.headers).not.toHaveProperty('authorization');
    expect(request?.url).toBe('/token');
  });
});
