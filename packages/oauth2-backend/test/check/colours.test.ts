import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { wantsColours } from '../../src/check/colours.js';
import { check } from './run-check.js';

let tokens: TokenServer;
beforeAll(async () => {
  tokens = await tokenServer();
});
afterAll(() => tokens.close());

describe('the report', () => {
  it('has colours on a terminal, and says the same without', async () => {
    const oauth2 = { grant_type: 'client_credentials', token_endpoint: tokens.url, client_id: 'a', client_secret: 'b' };
    const definitions = { good: { origin: tokens.origin, oauth2 }, open: { origin: tokens.origin } };
    const withoutTimes = (text: string) => text.replace(/\(\d+ ms\)|\d{4}-\S+|\bfor \d+ s/g, '');
    const plain = await check(definitions);
    const coloured = await check(definitions, '--colours');
    expect(plain.stdout).not.toContain('\u001b');
    expect(coloured.stdout).toContain('\u001b[32m✓\u001b[0m \u001b[1mgood\u001b[0m');
    expect(withoutTimes(stripVTControlCharacters(coloured.stdout))).toBe(withoutTimes(plain.stdout));
  });

  it.each<[boolean, boolean | undefined, object]>([
    [true, true, {}],
    [true, true, { NO_COLOR: '', TERM: 'xterm' }],
    [false, true, { NO_COLOR: '1' }],
    [false, true, { TERM: 'dumb' }],
    [false, false, {}],
    [false, undefined, {}],
  ])('has colours: %s, on a terminal: %s, with %j', (colours, isTTY, env) => {
    expect(wantsColours(isTTY, env as Record<string, string>)).toBe(colours);
  });
});
