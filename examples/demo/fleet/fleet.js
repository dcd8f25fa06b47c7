/** The demo of a fleet: eight processes, one authorization server, with and without a shared store. */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { authorizationServer } from '../authorization-server.js';
import { listen } from '../listen.js';
import { startFleet } from './processes.js';
import { redisInstalled, redisServer } from './redis-server.js';

const audience = 'https://billing.example.com';
const SIZE = 8;
/** Seconds: of each act, and of a token's life. */
const ACT = 4;
const LIFE = 4;

/** Runs it and prints what the authorization server saw. Gives the exit code: 0 if no request failed and the store saved token requests. */
export async function fleet({ stdout = process.stdout } = {}) {
  const line = (text = '') => void stdout.write(`${text}\n`);
  if (!redisInstalled()) {
    line('This demo needs redis-server: apt-get install redis-server, brew install redis,');
    line('or see https://redis.io/docs/latest/operate/oss_and_stack/install/');
    return 1;
  }
  const secret = randomBytes(24).toString('base64url');
  const authorization = await authorizationServer({ audience, clients: { shop: secret } });
  authorization.life = LIFE;
  const api = await listen(answer);
  const redis = await redisServer();
  const definitions = { billing: { origin: api.origin, oauth2: block(authorization.tokenEndpoint, secret) } };

  try {
    line(`oauth2-backend: ${SIZE} processes, one authorization server, tokens of ${LIFE} s`);
    line();
    line(columns('', 'token requests', 'a minute', 'API requests', 'failed'));
    const [alone] = await acts({ definitions }, { 'without a store': () => {} });
    const [shared, ...troubled] = await acts(
      { definitions, redis: redis.port, storeSecret: randomBytes(32).toString('base64') },
      {
        'with a store on Redis': () => {},
        'four processes killed and restarted': async (members) => {
          for (const index of [0, 1, 2, 3]) await members.killAndRestart(index);
        },
        'Redis killed, back after 1 s, empty': async () => {
          await redis.kill();
          await pause(1_000);
          await redis.start();
        },
      },
    );
    const failed = [alone, shared, ...troubled].reduce((sum, { bad }) => sum + bad, 0);
    const ok = failed === 0 && shared.asked * 2 < alone.asked;
    line();
    line(
      `${ok ? '✓' : '✗'} ${perMinute(shared.asked)} token requests a minute instead of ${perMinute(alone.asked)}, ${failed} requests failed`,
    );
    return ok ? 0 : 1;
  } finally {
    await redis.kill();
    for (const part of [api, authorization]) await part.close();
  }

  /** Plays the acts with one fleet and prints a line for each. */
  async function acts(settings, plays) {
    const start = authorization.requests.length;
    const members = await startFleet(SIZE, settings);
    try {
      const results = [];
      let [asked, before] = [start, { good: 0, bad: 0 }];
      for (const [name, play] of Object.entries(plays)) {
        await Promise.all([pause(ACT * 1_000), play(members)]);
        const now = members.answers();
        const result = {
          asked: authorization.requests.length - asked,
          good: now.good - before.good,
          bad: now.bad - before.bad,
        };
        line(columns(name, result.asked, perMinute(result.asked), result.good, result.bad));
        results.push(result);
        [asked, before] = [authorization.requests.length, now];
      }
      return results;
    } finally {
      await members.close();
    }
  }
}

function block(token_endpoint, client_secret) {
  const params = { resource: audience };
  return {
    grant_type: 'client_credentials',
    token_endpoint,
    client_id: 'shop',
    client_secret,
    scope: 'invoices',
    params,
  };
}

function answer(req, res) {
  res.statusCode = req.headers.authorization === undefined ? 401 : 200;
  res.end('{}');
}

function perMinute(requests) {
  return Math.round((requests * 60) / ACT);
}

function columns(name, ...figures) {
  const [asked, minute, api, failed] = figures.map(String);
  return `  ${name.padEnd(35)}${asked.padStart(14)}${minute.padStart(9)}${api.padStart(13)}${failed.padStart(7)}`;
}
