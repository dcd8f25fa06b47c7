/** Somebody who sends a different made-up token with each request: what that costs, and whom it hurts. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type RecordingServer, recordingServer } from 'test-servers/recording-server';
import { type Ended, runModule } from '../../packages/oauth2-backend/test/clients/run-module.js';

let tokens: RecordingServer;
beforeEach(async () => {
  tokens = await recordingServer(({ body }) => {
    const user = new URLSearchParams(body.toString()).get('subject_token');
    if (!user?.startsWith('user-')) return { status: 400, body: { error: 'invalid_request' } };
    return { body: { access_token: `token-of-${user}`, token_type: 'Bearer', expires_in: 3600 } };
  });
});
afterEach(() => tokens.close());

/** 50 users with tokens, 100,000 made-up tokens, time standing still; then the users again, and a second later a new one. */
const attack = `
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createBackends } from 'oauth2-backend';
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');
const live = () => {
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
let time = 1_000_000;
const clock = { now: () => time, monotonic: () => time };
const warnings = [];
const logger = { debug() {}, info() {}, warn(_, message) { if (message.includes('new identities')) warnings.push(message); }, error() {} };
const grant_type = 'urn:ietf:params:oauth:grant-type:token-exchange';
const oauth2 = { grant_type, token_endpoint: process.argv[1], client_id: 'a', client_secret: 'b' };
const backends = createBackends({ api: { origin: 'http://127.0.0.1:9', oauth2 } }, { clock, logger, maxIdentities: 1_000, newIdentitiesPerSecond: 200 });
const ask = (token) => {
  const authorization = 'Bearer ' + token;
  const request = { headers: { authorization }, rawHeaders: ['authorization', authorization] };
  const { signal } = new AbortController();
  const asked = backends.for({ request, response: {}, signal, inbound: request }).api.token();
  return asked.then(({ value }) => value, (error) => error.constructor.name + ' ' + error.statusCode + ' ' + error.message);
};
const users = () => Promise.all(Array.from({ length: 50 }, (_, index) => ask('user-' + index)));
const before = { users: await users(), memory: live() };
const answers = {};
const began = performance.now();
for (let batch = 0; batch < 200; batch++) {
  const said = await Promise.all(Array.from({ length: 500 }, (_, index) => ask('made-up-' + batch + '-' + index + 'x'.repeat(200))));
  for (const each of said) answers[each] = (answers[each] ?? 0) + 1;
}
const took = performance.now() - began;
const memory = live() - before.memory;
const during = await ask('user-new');
const again = await users();
time += 1_000;
const after = await ask('user-new');
const { counts } = backends.status()[0];
console.log(JSON.stringify({ before: before.users, again, during, after, answers, memory, took, counts, warnings }));
await backends.close();
`;

describe('100,000 different made-up tokens', () => {
  it('cost a bounded number of token requests and little memory, and no user his token', async () => {
    const ended: Ended = await runModule(attack, `${tokens.origin}/token`);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const { before, again, during, after, answers, memory, took, counts, warnings } = JSON.parse(ended.stdout);
    const sentAway = 'TokenRequestError 502 too many new identities ask for a token of "api": more than 200 a second';

    expect(before).toEqual(Array.from({ length: 50 }, (_, index) => `token-of-user-${index}`));
    expect(again).toEqual(before);
    const sent = 'sent were the parameters grant_type, subject_token, subject_token_type, and a header Authorization';
    const { host } = new URL(tokens.origin);
    const asked = `TokenRequestError 502 ${host} refused client "a": invalid_request (400): ${sent}`;
    const noRoom = 'TokenRequestError 502 too many identities without a token ask for one of "api" at the same time';
    const first = asked.replace('TokenRequestError 502', 'SubjectRefusedError 401');
    expect(Object.keys(answers).toSorted()).toEqual([first, asked, sentAway, noRoom].toSorted());
    expect(answers[first] + answers[asked]).toBe(1_950);
    expect(answers[sentAway] + answers[noRoom]).toBe(98_050);
    // Ten seconds of newcomers at once, of whom 50 were users; a second later there is room again.
    expect([during, after]).toEqual([sentAway, 'token-of-user-new']);
    expect(tokens.requests).toHaveLength(2_001);
    // A tenth of `maxIdentities` for those without a token; the new user has one.
    expect(counts).toMatchObject({ identities: 51 + 99, evictions: 1_851 });
    expect(warnings).toHaveLength(1);
    expect(memory).toBeLessThan(32 * 1024 * 1024);
    console.info(`${Math.round(took)} ms, ${Math.round(memory / 1024)} KiB`);
  }, 60_000);
});
