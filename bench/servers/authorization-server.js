/** A token endpoint that does what it is told for each client; a process of its own. */
import { createHmac, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { listen } from 'test-servers/listen';
import { answerParent } from '../processes/answer-parent.js';

const key = randomBytes(32);
const clients = new Map();

answerParent({
  /** Listens; gives the token endpoint. */
  async start() {
    const server = createServer((request, response) => void grant(request, response));
    server.keepAliveTimeout = 60_000;
    const { origin } = await listen(server);
    return `${origin}/token`;
  },
  /** From now on for `client`: `life` in seconds, `delay` in milliseconds before an answer, `status` other than 200. */
  configure: ({ client, ...settings }) => void Object.assign(stateOf(client), settings),
  /** `{ requests, issued }` of a client so far. */
  counts: ({ client }) => ({ requests: stateOf(client).requests, issued: stateOf(client).issued }),
});

async function grant(request, response) {
  const client = clientOf(request, new URLSearchParams(await text(request)));
  const state = stateOf(client);
  state.requests += 1;
  const { life, delay, status } = state;
  if (delay > 0) await pause(delay);
  const body =
    status === 200 ? { access_token: issue(client, state), token_type: 'Bearer', expires_in: life } : { error: 'down' };
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function stateOf(client) {
  if (!clients.has(client)) clients.set(client, { requests: 0, issued: 0, life: 3600, delay: 0, status: 200 });
  return clients.get(client);
}

/** Some clients send their id in Basic, some in the form (RFC 6749 §2.3.1). */
function clientOf(request, form) {
  const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (basic === undefined) return form.get('client_id');
  return decodeURIComponent(Buffer.from(basic, 'base64').toString().split(':')[0]);
}

/** A JWT: one of the peers reads the expiry in it. */
function issue(client, state) {
  state.issued += 1;
  const exp = Date.now() / 1000 + state.life;
  const claims = { iss: 'https://as.example.com', aud: 'https://api.example.com', client_id: client, exp };
  const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...claims, jti: `${state.issued}` })}`;
  return `${content}.${createHmac('sha256', key).update(content).digest('base64url')}`;
}

function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
