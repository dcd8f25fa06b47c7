/** The API behind the applications: invoices, for those who come with a good token. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { JWTPayload } from 'jose';
import type { Journal } from '../journal.js';
import type { Knobs } from '../knobs/knob.js';
import type { KnobBoard } from '../knobs/knob-board.js';
import { answerKnobs } from '../knobs/knob-routes.js';
import { troubles } from '../knobs/troubles.js';
import { shownToken } from '../tokens/shown-token.js';
import { answerJson } from '../web/answers.js';
import { foreign } from '../web/local-only.js';
import { insufficientScope, invalidToken, type Refusal, type TokenVerifier, verifiedToken } from './verified-token.js';

export interface Api {
  readonly listener: RequestListener;
  readonly knobs: Knobs;
  on(): Record<string, unknown>;
}

export interface ApiOptions {
  readonly verifier: TokenVerifier;
  readonly journal: Journal;
  readonly board: KnobBoard;
}

export function invoicesApi({ verifier, journal, board }: ApiOptions): Api {
  const trouble = troubles('request');
  let refusals = { count: 0, status: 401 };
  const knobs: Knobs = {
    refuse: {
      text: 'The next requests are refused although their token is good: 401 as revoked, 403 as not for that.',
      query: 'count=1&status=401',
      turn(query) {
        const status = Number(query.choice('status', ['401', '403']));
        refusals = { count: query.integer('count', 0, 1_000_000), status };
        return refusals;
      },
    },
    ...trouble.knobs,
  };
  return {
    knobs,
    on: () => ({ ...(refusals.count > 0 && { refuse: refusals }), ...trouble.on() }),
    listener: (request, response) => {
      respond(request, response).catch((error: unknown) => {
        if (response.destroyed) return;
        journal.add({ kind: 'api', what: request.method ?? '', outcome: `500 ${String(error)}` });
        response.destroy();
      });
    },
  };

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const strange = foreign(request);
    if (strange !== undefined) return answerJson(response, 403, { error: strange });
    const url = new URL(`${verifier.audience}${request.url}`);
    if (/^\/knobs(\/|$)/.test(url.pathname)) return answerKnobs(request, response, url, { knobs, board, journal });

    request.resume();
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const shown = shownToken(token);
    const method = request.method ?? '';
    const { client_id: id, sub } = shown?.claims ?? {};
    const client = typeof id === 'string' ? id : sub;
    const told = (outcome: string) =>
      journal.add({ kind: 'api', client, what: `${method} ${url.pathname}`, outcome, token: shown });

    const gone = new AbortController();
    response.once('close', () => gone.abort());
    let status: number | undefined;
    try {
      status = await trouble.meet(gone.signal);
    } catch {
      return told('the client went away before the answer');
    }
    if (status !== undefined) {
      told(`${status} by the knob fail`);
      return answerJson(response, status, { error: 'the knob fail is on' });
    }

    const scope = ['GET', 'HEAD'].includes(method) ? 'invoices:read' : 'invoices:write';
    const { claims, refusal = refusedByKnob(scope) } = await verifiedToken(token, scope, verifier);
    if (refusal) {
      told(`${refusal.status} ${refusal.reason}`);
      const headers = { 'www-authenticate': refusal.challenge };
      return answerJson(response, refusal.status, { error: refusal.reason }, headers);
    }
    const found = url.pathname === '/invoices';
    told(found ? '200' : '404');
    if (found) answerJson(response, 200, { invoices: [{ id: 1, amount: 42 }], token: facts(claims ?? {}) });
    else answerJson(response, 404, { error: 'there is /invoices only' });
  }

  function refusedByKnob(scope: string): Refusal | undefined {
    if (refusals.count === 0) return undefined;
    refusals = { ...refusals, count: refusals.count - 1 };
    return refusals.status === 401 ? invalidToken('the knob refuse is on') : insufficientScope(scope);
  }
}

/** What the token says of who asks, on whose behalf, for what. */
function facts({ client_id, sub, scope, exp }: JWTPayload): Record<string, unknown> {
  return { client_id, sub, scope, ...(exp !== undefined && { expires: new Date(exp * 1_000).toISOString() }) };
}
