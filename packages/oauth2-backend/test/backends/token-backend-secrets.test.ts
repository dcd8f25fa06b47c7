import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createBackends } from 'oauth2-backend';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { rejection } from '../clients/client-world.js';

let as: TokenServer;
beforeEach(async () => {
  as = await tokenServer();
});
afterEach(() => as.close());

const logger = { debug() {}, info() {}, warn() {}, error() {} };

function backend(grant: object, tokenBackend: object = {}) {
  const client = { token_endpoint: as.url, token_endpoint_auth_method: 'client_secret_post', client_id: 'shop' };
  const oauth2 = { ...client, client_secret: 'the-secret-of-shop', ...grant, backend: tokenBackend };
  return createBackends({ api: { origin: 'http://127.0.0.1:9', oauth2 } } as never, { logger }).get('api');
}

describe('what a token backend sends or proves itself with', () => {
  const basic = 'gate:of-the-gateway';
  it.each([
    ['basic_auth', { basic_auth: basic }, `Basic ${Buffer.from(basic).toString('base64')}`],
    ['a set header', { set_request_headers: { 'X-Key': 'key-of-the-gateway' } }, 'key-of-the-gateway'],
    ['a query parameter', { add_query_params: { key: 'key-in-the-query' } }, 'key-in-the-query'],
  ])('does not show when the server repeats it: %s', async (_, tokenBackend, repeated) => {
    as.failure = { status: 400, body: { error: 'x', error_description: `seen: ${repeated}` } };
    const error = await rejection(backend({ grant_type: 'client_credentials' }, tokenBackend).token());
    expect(error).toMatchObject({ response: { error: 'x' } });
    expect(inspect(error, { depth: 10 })).not.toContain(repeated);
  });
});
