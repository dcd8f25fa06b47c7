/** A token endpoint whose tokens are in the ledger, and which fails while a fault is on. */
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { serve } from '../serve.js';
import { tokenFaults } from './faults.js';

/** An answer that took longer may have had nobody waiting any more, milliseconds; the applications wait 1.5 s. */
const SURELY_AWAITED = 1000;
const JSON_TYPE = { 'content-type': 'application/json' };

/**
 * `fault` is the one that is on: a name in `tokenFaults`, `down` (connections are reset before anything is read) or `slow`.
 * `callers` says how many `identities` and `tokenBackends` there are. `requests` and `failures` are counts; `lastFailure(app)` says when a token request of this application last failed.
 */
export async function tokenServer({ ledger, budget, secret, random, callers }) {
  const failed = new Map();
  let down;
  const { server, origin, close } = await serve(handle);
  const endpoint = {
    tokenEndpoint: `${origin}/token`,
    fault: undefined,
    requests: 0,
    failures: 0,
    /** Connections that were reset before it was known whose they were. */
    turnedAway: 0,
    lastFailure: (app) =>
      Math.max(failed.get(app) ?? Number.NEGATIVE_INFINITY, failed.get('all') ?? Number.NEGATIVE_INFINITY),
    /** Sets the fault; a new one ends the connections, as an outage would. */
    setFault(fault) {
      if (endpoint.fault === 'down') {
        const connections = endpoint.turnedAway - down.turnedAway;
        budget.turnedAway({ connections, lasted: performance.now() - down.since, ...callers });
      }
      endpoint.fault = fault;
      if (fault !== 'down') return;
      down = { since: performance.now(), turnedAway: endpoint.turnedAway };
      server.closeAllConnections();
    },
    close,
  };

  server.on('connection', (socket) => {
    if (endpoint.fault !== 'down') return;
    endpoint.turnedAway += 1;
    failed.set('all', performance.now());
    socket.resetAndDestroy();
  });
  return endpoint;

  async function handle(request, response) {
    const arrived = performance.now();
    const { fault } = endpoint;
    const form = new URLSearchParams(await text(request).catch(() => ''));
    const { client, given } = clientOf(request);
    const identity = identityOf(client, form);
    if (identity === undefined) return void response.writeHead(400).end('{"error":"invalid_grant"}');
    endpoint.requests += 1;
    budget.asked(identity);
    // Replaced while the request was under way: the client looks again.
    if (!secret.is(given) && fault === undefined) {
      return void response.writeHead(401, JSON_TYPE).end('{"error":"invalid_client"}');
    }
    const [app] = client.split(':');
    let issued;
    response.once('close', () => {
      if (issued && response.writableFinished) {
        budget.succeeded(identity);
        if (performance.now() - arrived < SURELY_AWAITED) return ledger.deliver(issued);
      }
      endpoint.failures += 1;
      failure(app, identity);
    });
    if (fault in tokenFaults) {
      failure(app, identity);
      return tokenFaults[fault](response, random);
    }
    if (fault === 'slow') await pause(random.between(200, 700));
    issued = ledger.issue(identity, arrived);
    const body = { access_token: issued.value, token_type: 'Bearer', expires_in: ledger.life };
    response.writeHead(200, JSON_TYPE).end(JSON.stringify(body));
  }

  function failure(app, identity) {
    failed.set(app, performance.now());
    budget.failed(identity);
  }
}

/** `{ client: 'express:catalogue', given }`, the secret as `given` (RFC 6749 §2.3.1). */
function clientOf(request) {
  const basic = (request.headers.authorization ?? '').replace(/^Basic /i, '');
  const [id = '', given] = Buffer.from(basic, 'base64').toString().split(':');
  return { client: decodeURIComponent(id), given };
}

/** The client alone, or with the user that the assertion names; an assertion looks like `user-3.nonce`. */
function identityOf(client, form) {
  if (form.get('grant_type') === 'client_credentials') return client;
  const [user] = (form.get('assertion') ?? '').split('.');
  return user ? `${client} ${user}` : undefined;
}
