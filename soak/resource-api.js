/** The API: it knows for whom each token was issued and for whom each request is, and fails while a fault is on. */
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { serve } from './serve.js';

/** A token may be on its way for this long after its end, milliseconds. */
const ON_ITS_WAY = 500;
/** While `lag` is on, the API learns of a token this late, milliseconds. */
const LAG = 700;
/** What a 401 says. Those of other schemes say nothing of the token. */
const CHALLENGES = [
  'Bearer error="invalid_token"',
  'Bearer',
  undefined,
  'Basic realm="api"',
  'OAuth realm="api"',
  'Token',
  'Negotiate',
];

const REFUSALS = new Set(['stray 401', 'lag']);

/**
 * `fault` is the one that is on, for half of the requests: `reset`, `reset in the body`, `slow`, `unavailable`; `stray 401`,
 * once a visit at the most; `lag`, for all: young tokens are refused.
 * `open` are the visits under way by id: `hit` is the fault that one met, `refused` the dead tokens that it was refused with,
 * `misjudged` the faults by which good ones were refused, `lost` such a one that was accepted before, `acceptedWith` the one
 * that brought what was asked for: a redirect proves no token. Paths are `/<app>/<backend>/<action>`.
 */
export async function resourceApi({ ledger, open, violations, stalls, foreign, random }) {
  const api = { origin: '', fault: undefined, requests: 0, refusals: 0, close: undefined };
  const { origin, close } = await serve(handle);
  return Object.assign(api, { origin, close });

  async function handle(request, response) {
    api.requests += 1;
    const arrived = performance.now();
    const visit = open.get(request.headers['x-visit']);
    const token = ledger.find(/^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]);
    judge(token, visit, request, arrived);
    const hit = api.fault && random.chance(0.5) ? api.fault : undefined;
    if (hit && visit && !REFUSALS.has(hit)) visit.hit = hit;
    const body = await text(request).catch(() => undefined);
    if (body === undefined) return;

    if (hit === 'reset') return void request.socket.resetAndDestroy();
    if (hit === 'unavailable') return void response.writeHead(503).end('{}');
    if (hit === 'slow') await pause(random.between(50, 400));
    if (!token || token.revoked !== undefined || arrived > token.expires) {
      visit?.refused.push(token);
      return refuse(response);
    }
    if (isMisjudged({ hit, token, visit, arrived })) {
      token.misjudged = true;
      visit?.misjudged.push(hit ?? api.fault);
      if (visit && token.accepted) visit.lost = token;
      return refuse(response);
    }
    if (hit === 'reset in the body') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 }).write('{"half":');
      await pause(5);
      return void request.socket.resetAndDestroy();
    }
    answer(request, response, { token, body, visit });
  }

  function judge(token, visit, request, arrived) {
    const [, app, backend] = request.url.split('/');
    if (!token) return violations.add('no wrong token', `${request.url}: ${request.headers.authorization}`);
    // The visit of an inbound client that went away may be over.
    const expected = visit?.identity ?? request.headers['x-identity'];
    if (token.identity !== expected || !token.identity.startsWith(`${app}:${backend}`)) {
      violations.add('no wrong token', `${request.url} of ${expected} came with the token of ${token.identity}`);
    }
    const late = arrived - token.expires;
    if (late > ON_ITS_WAY && !stalls.between(token.expires, arrived)) {
      violations.add('no dead token', `${request.url} came ${Math.round(late)} ms after its token's end`);
    }
  }

  function isMisjudged({ hit, token, visit, arrived }) {
    if (api.fault === 'lag') return arrived - token.issued < LAG;
    return hit === 'stray 401' && visit !== undefined && !visit.misjudged.includes(hit);
  }

  function refuse(response) {
    api.refusals += 1;
    const challenge = random.pick(CHALLENGES);
    response.writeHead(401, challenge === undefined ? {} : { 'www-authenticate': challenge }).end('{}');
  }

  function answer(request, response, { token, body, visit }) {
    const [, app, backend, action] = request.url.split('/');
    if (action === 'moved') {
      response.writeHead(random.pick([301, 302, 303, 307, 308]), { location: `${foreign}/elsewhere` }).end();
    } else if (action === 'hop') {
      response.writeHead(302, { location: `/${app}/${backend}/item` }).end();
    } else {
      if (visit) visit.acceptedWith = token;
      const seen = { visit: request.headers['x-visit'], identity: token.identity, body };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(seen));
    }
  }
}
