import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Answer } from 'test-servers/recording-server';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { billing } from './billing.js';

const MIB = 1024 * 1024;
let server: TokenServer;
beforeAll(async () => {
  server = await tokenServer();
});
beforeEach(() => server.reset());
afterAll(() => server.close());

/** The longest that one turn of the event loop takes while a token is asked for, milliseconds: of this process's own time, where others are busy. */
async function longestTurn(answer: Answer): Promise<number> {
  const { backend, backends } = billing(server.url);
  let longest = 0;
  let running = true;
  const watch = (async () => {
    while (running) {
      const [before, cpu] = [performance.now(), process.cpuUsage()];
      await turn();
      const { user, system } = process.cpuUsage(cpu);
      longest = Math.max(longest, Math.min(performance.now() - before, (user + system) / 1_000));
    }
  })();
  server.next(answer);
  await backend.token().catch(() => {});
  running = false;
  await watch;
  await backends.close();
  return longest;
}

const filled = (before: string, piece: string, after: string, length = MIB - 100) =>
  before + piece.repeat(Math.floor((length - before.length - after.length) / piece.length)) + after;
const error = (description: string, members = '') =>
  `{"error":"invalid_grant",${members}"error_description":"${description}"}`;
const near = 'aaaaaaaaaaab';

const patterns: Record<string, string> = {
  'a token of 300 KB beside a text of nearly its pieces': error(
    near.repeat(1_000),
    `"access_token":"${'a'.repeat(11).concat('c').repeat(25_000)}",`,
  ),
  'three tokens of 10 KB beside such a text': error(
    near.repeat(1_000),
    ['access_token', 'refresh_token', 'id_token'].map((name) => `"${name}":"${'aaaaaaaaaaac'.repeat(900)}",`).join(''),
  ),
  'a description of percent signs': filled('{"error":"x","error_description":"', '%', '"}'),
  'a description of escapes': filled('{"error":"x","error_description":"', '%61', '"}'),
  'a description of escapes of escapes': filled('{"error":"x","error_description":"', '%2541&amp;amp;\\\\u0041+', '"}'),
  'a description of format characters': filled('{"error":"x","error_description":"', '\u200b', '"}', MIB / 3),
  'lists in lists': '['.repeat(MIB - 100),
  'objects in objects': filled('', '{"a":', '', MIB - 100),
  'quotes and backslashes': filled('{"a":"', '\\"', '"}'),
  'white space': ' '.repeat(MIB - 100),
  'white space before a page': filled('', '\n', '<'),
  'a scope of control characters': filled('{"access_token":"a","scope":"', '\\r\\n', '"}'),
  'a scope of single letters': filled('{"access_token":"a","scope":"', 'a ', '"}'),
  'an expires_in of digits': filled('{"access_token":"a","expires_in":"', '9', '"}'),
  'a number of a million digits': filled('{"access_token":"a","expires_in":', '9', '}'),
  'a token_type without end': filled('{"access_token":"a","token_type":"', ' ', '"}'),
  'many members': `{${Array.from({ length: 80_000 }, (_, index) => `"m${index}":1`).join(',')}}`,
  'many objects': filled('{"x":[', '{},', '{}]}'),
  'a token_type whose letters grow': filled('{"access_token":"a","token_type":"', 'İ', '"}', MIB / 2),
  'many values': filled('{"x":[', '0,', '0]}'),
};

describe('an answer of 1 MiB', () => {
  it.each(Object.entries(patterns))('never holds the event loop for 50 ms: %s', async (_, body) => {
    const answer = { status: 400, body: Buffer.from(body) };
    const turns: number[] = [];
    for (let run = 0; run < 8 && (run < 3 || Math.min(...turns) >= 50); run++) turns.push(await longestTurn(answer));
    // Compiling and collecting take time, too: what holds the loop does so each time.
    expect(Math.min(...turns)).toBeLessThan(50);
  });

  it('is refused when its JSON is nested deeper than 64', async () => {
    const nested = (depth: number) => `{"access_token":"a","x":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    server.next({ body: nested(64) });
    expect((await billing(server.url).backend.token()).value).toBe('a');
    server.next({ body: nested(65) });
    const { message } = await billing(server.url).failure();
    expect(message).toContain('answered client "shop" 200 with a body that is not JSON: is "token_endpoint" right?');
  });

  it('is refused when its JSON has more than 100 000 members', async () => {
    const members = (count: number) => ({ access_token: 'a', x: Array.from({ length: count }, () => 1) });
    server.next({ body: members(100_000) });
    expect((await billing(server.url).backend.token()).value).toBe('a');
    server.next({ body: members(100_001) });
    const { message } = await billing(server.url).failure();
    expect(message).toContain('answered client "shop" 200 with a body that is not JSON: is "token_endpoint" right?');
  });

  it('is no deeper for brackets in its texts', async () => {
    server.next({ body: { access_token: 'a', x: `\\"${'['.repeat(100)}${','.repeat(200_000)}` } });
    expect((await billing(server.url).backend.token()).value).toBe('a');
  });
});
