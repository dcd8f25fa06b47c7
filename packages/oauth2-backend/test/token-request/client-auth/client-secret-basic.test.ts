import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { billing } from '../billing.js';

let server: TokenServer;
beforeEach(async () => {
  server = await tokenServer();
});
afterEach(() => server.close());

const ID = "sh:op% +ä!'()*~€";
const SECRET = "s:e%c r+ä!'()*~€";
const decoded = (field: string | undefined) =>
  Buffer.from(field?.replace(/^Basic /, '') ?? '', 'base64').toString('utf8');

describe('client_secret_basic', () => {
  it('escapes id and secret before base64, with padding (RFC 6749 §2.3.1)', async () => {
    await billing(server.url, { client_id: ID, client_secret: SECRET }).backend.token();
    const field = server.requests[0]?.headers.authorization;
    expect(field).toMatch(/^Basic [A-Za-z0-9+/]+={0,2}$/);
    expect(field?.slice(6).length).toBe(Math.ceil(decoded(field).length / 3) * 4);
    expect(decoded(field)).toBe(
      'sh%3Aop%25+%2B%C3%A4%21%27%28%29%2A~%E2%82%AC:s%3Ae%25c+r%2B%C3%A4%21%27%28%29%2A~%E2%82%AC',
    );
  });

  it('sends both as they are with basic_encoding raw', async () => {
    await billing(server.url, { client_id: ID, client_secret: SECRET, basic_encoding: 'raw' }).backend.token();
    expect(decoded(server.requests[0]?.headers.authorization)).toBe(`${ID}:${SECRET}`);
  });

  it('says which credential could not be had', async () => {
    const { failure } = billing(server.url, { client_secret: () => '' });
    expect((await failure()).message).toContain('client_secret');
    expect(server.requests).toEqual([]);
  });

  it('puts neither into the body (RFC 6749 §2.3)', async () => {
    await billing(server.url, { client_id: ID, client_secret: SECRET }).backend.token();
    expect(server.requests[0]?.body.toString()).toBe('grant_type=client_credentials');
  });
});
