import { afterAll, beforeAll, beforeEach, describe, it } from '@jest/globals';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { expectNothingRepeated, methods, secretDefinitions } from './repeated-secrets.js';

let tokens: TokenServer;
beforeAll(async () => {
  tokens = await tokenServer();
});
beforeEach(() => tokens.reset());
afterAll(() => tokens.close());

describe('oauth2-backend check shows no secret', () => {
  it.each(methods)('that is sent by %s, whatever of it the server repeats', async (_, method) => {
    await expectNothingRepeated(tokens, secretDefinitions({ tokens, api: tokens }, method), [[], ['--json']]);
  });
});
