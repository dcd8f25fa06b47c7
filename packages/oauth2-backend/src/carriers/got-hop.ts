/**
 * got's `request` function for one backend: it runs last, for each hop, retry and stream, after every hook.
 * What it does not take over from got's options cannot take the token elsewhere.
 */

import type { ClientRequest, IncomingMessage } from 'node:http';
import type { RequestFunction } from 'got';
import type { Bearer } from '../bearer.js';
import { assertOwnHeaders, headerPairs } from '../request-headers.js';
import type { AccessToken } from '../token.js';
import { holdRefusal } from './got-hold.js';
import { hideRequest } from './got-secrets.js';
import type { OutboundCall } from './outbound-call.js';
import { completeHeaders, completePath } from './sent-request.js';
import type { CarrierSettings } from './settings.js';

/** How one hop is sent. */
export interface GotHopOptions {
  readonly bearer: Bearer;
  readonly settings: CarrierSettings;
  readonly call: OutboundCall;
  /** The token for the first hop; later ones take the token of their time. */
  readonly token?: AccessToken | undefined;
  /** Called with each 401 instead of got; gives whether got is to see it. */
  readonly onRefused?: (response: IncomingMessage, token: AccessToken) => Promise<boolean>;
}

type NativeOptions = Parameters<RequestFunction>[1];

/** A `request` function that checks the target, puts the token on and watches the limits. */
export function gotHop(options: GotHopOptions): RequestFunction {
  const { bearer, call } = options;
  let first = options.token;

  return function requestWithToken(url: URL, native: NativeOptions) {
    const { origin, path } = bearer.target.resolve(url);
    const href = origin + completePath(path, options.settings.query);
    const headers = Object.fromEntries(joined(native.headers, bearer));
    const held = first ?? call.token();
    first = undefined;
    return held instanceof Promise
      ? held.then((token) => send(href, native, headers, token))
      : send(href, native, headers, held);
  };

  function send(
    href: string,
    native: NativeOptions,
    headers: Record<string, string | string[]>,
    token: AccessToken | undefined,
  ): ClientRequest {
    const { settings, onRefused } = options;
    const { method, maxHeaderSize, family, localAddress } = native;
    completeHeaders(headers, settings, token);
    const given = Object.entries({ method, maxHeaderSize, family, localAddress }).filter(
      ([, value]) => value !== undefined,
    );
    const request = settings.transport.request(href, { ...Object.fromEntries(given), headers });
    watchAnswer(request, call, token);
    if (token && onRefused) holdRefusal(request, (response) => onRefused(response, token));
    return request;
  }
}

/** got's header values, by lower-case names; several values stay a list. */
function joined(headers: unknown, bearer: Bearer): Map<string, string | string[]> {
  const pairs = headerPairs(headers);
  assertOwnHeaders(pairs, bearer);
  const map = new Map<string, string | string[]>();
  for (const [name, value] of pairs) {
    const key = name.toLowerCase();
    const before = map.get(key);
    map.set(key, before === undefined ? value : [before, value].flat());
  }
  return map;
}

function watchAnswer(request: ClientRequest, call: OutboundCall, token: AccessToken | undefined): void {
  let answered = false;
  // Some servers answer before they have read all.
  request.once('finish', () => {
    if (!answered) call.limitAnswer();
  });
  request.once('response', (response) => {
    answered = true;
    call.lift();
    hideRequest(response, 'req');
    if (response.statusCode !== 401) call.accepted(token);
  });
  // got listens itself, so Node would leave the connection open and the caller waiting.
  for (const event of ['upgrade', 'connect'] as const) {
    request.once(event, (_response, socket) => {
      socket.destroy();
      request.emit('error', new Error('the server switched protocols'));
    });
  }
  request.once('close', () => call.lift());
}
