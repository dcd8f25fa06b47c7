/** undici's fetch with the backend's token, target, limits and redirect rule. */

import { Readable } from 'node:stream';
import { type RequestInit as UndiciInit, fetch as undiciFetch } from 'undici';
import type { Bearer } from '../../bearer/bearer.js';
import { foreignNames } from '../../definitions/own-members.js';
import { assertFrame } from '../../outbound/body-frame.js';
import { abandonBody, dropAnswer } from '../../outbound/dropped-bodies.js';
import { callFailure } from '../../outbound/failure.js';
import { OutboundCall, PLAIN_CALL } from '../../outbound/outbound-call.js';
import { encodeBody } from '../../outbound/replayable-body.js';
import { type ClientSettings, defaultSettings } from '../../outbound/settings.js';
import type { AccessToken } from '../../token.js';
import { nodeAnswer } from './answer.js';
import { FetchDispatcher } from './fetch-dispatcher.js';
import { type Hop, nextHop } from './redirect.js';
import { readFetchRequest, withBody } from './request.js';
import { unsendableHeader } from './unsendable-header.js';

/** A fetch whose requests go to one backend and carry its token. */
export type BearerFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * A fetch that carries a bearer's token: relative inputs mean the bearer's origin and prefix, others must lie below them.
 *
 * @throws OriginError, AuthorizationHeaderError before anything is sent; token errors; fetch's own `TypeError`; the signal's own reason
 */
export function bearerFetch(bearer: Bearer): BearerFetch {
  return fetchClient(bearer, defaultSettings(bearer.target.resolve('').origin));
}

/** The fetch of one backend. */
export function fetchClient(bearer: Bearer, settings: ClientSettings): BearerFetch {
  return async function fetchWithToken(input, init) {
    let last: FetchDispatcher | undefined;
    let leave: ((reason: unknown) => void) | undefined;
    const onAbort = (reason: unknown) => {
      last?.abort(reason);
      leave?.(reason);
    };
    const { call, target, request: read } = startCall(input, init, onAbort);
    let request = read;
    let redirected = false;
    let released = false;

    try {
      // Not `instanceof`: under a test runner a Blob's promise is of another realm.
      const encoded = encodeBody(request.body);
      const body = 'then' in encoded ? await encoded : encoded;
      assertFrame(request.headers, body);
      request = withBody(request, body);
      const first: Hop = { target, request };
      const held = call.ready(request.replayable);
      let token = held instanceof Promise ? await held : held;

      for (;;) {
        const response = await follow(first, token);
        if (!call.isRefused(token, response.status)) return release(response);
        const challenges = response.headers.get('www-authenticate') ?? undefined;
        const { replayable } = request;
        const next = await call.afterRefusal(token, { status: response.status, challenges, replayable });
        if (!next) return release(response);
        await dropBody(response);
        token = next;
      }
    } catch (error) {
      const failure = failureOf(error);
      // An answer that nobody will read must not hold its connection.
      call.abort(failure);
      abandonBody(request.body, failure);
      call.done();
      throw failure;
    }

    /** Sends the request and follows redirects below the backend's origin and prefix. */
    async function follow(first: Hop, token: AccessToken | undefined): Promise<Response> {
      let hop = first;
      for (let redirects = 0; ; redirects++) {
        if (call.aborted) throw call.reason;
        const response = await send(hop, token);
        // It holds on to the answer, which undici gives up when it is collected.
        leave = undefined;
        const next = nextHop(response, hop, bearer.target, redirects);
        redirected = redirects > 0;
        if (!next) return response;
        await dropBody(response);
        hop = next;
      }
    }

    function send({ target, request }: Hop, token: AccessToken | undefined): Promise<Response> {
      const { rest, method, headers, body, replayable } = request;
      const kept = replayable ? ((body ?? null) as string | Uint8Array | null) : undefined;
      const dispatcher = new FetchDispatcher({
        bearer,
        settings,
        call,
        token,
        kept,
        failure: undefined,
        onEnd: () => end(dispatcher),
      });
      last = dispatcher;
      // fetch's own signal costs more than all of this file.
      const plain = { ...rest, method, headers, body, redirect: 'manual', signal: null, dispatcher };
      // Naming all members costs 10 us.
      const init =
        foreignNames().length === 0 ? plain : { ...UNSET, ...plain, headers: headers ?? [], body: body ?? null };
      const given = replayable ? init : { ...init, duplex: 'half' };
      return unlessLeft(
        undiciFetch(target.href, given as unknown as UndiciInit) as Promise<unknown> as Promise<Response>,
      );
    }

    /** A scope of its own: what the request's callbacks hold on to is not collected while its body is coming. */
    function unlessLeft(sent: Promise<Response>): Promise<Response> {
      return new Promise((resolve, reject) => {
        leave = reject;
        sent.then(resolve, reject);
      });
    }

    /** The call is over when the body of the answer that the caller gets has ended. */
    function release(response: Response): Response {
      released = true;
      const ended = last?.ended === true;
      if (last?.ended) end(last);
      return nodeAnswer(response, { redirected, ended, failureOf });
    }

    function failureOf(error: unknown): unknown {
      return callFailure(unsendableHeader(error, request.headers) ?? error, call, settings.timeouts.connect);
    }

    function end(ended: FetchDispatcher): void {
      if (!released || ended !== last) return;
      // Some servers answer before they have read all.
      if (!request.replayable) abandonBody(request.body, call.reason ?? new DOMException('not sent', 'AbortError'));
      call.done();
    }
  };

  function startCall(input: string | URL | Request, init: RequestInit | undefined, onAbort: (reason: unknown) => void) {
    try {
      const request = readFetchRequest(input, init, bearer);
      const target = bearer.target.resolve(request.url);
      const { method, signal } = request;
      return { request, target, call: new OutboundCall(bearer, settings, { ...PLAIN_CALL, method, signal, onAbort }) };
    } catch (error) {
      abandonBody(init?.body, error);
      throw error;
    }
  }
}

/** What fetch would else ask a prototype for that somebody has put something on: each with its default (Fetch §5.4). */
const UNSET = {
  cache: 'default',
  credentials: 'same-origin',
  integrity: '',
  keepalive: false,
  mode: 'cors',
  priority: 'auto',
  referrer: 'about:client',
  referrerPolicy: '',
  window: null,
};

async function dropBody({ body }: Response): Promise<void> {
  if (body) await dropAnswer(Readable.fromWeb(body));
}
