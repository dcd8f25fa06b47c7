/**
 * got's `request` function for one backend: it runs last, for each hop, retry and stream, after every hook.
 * What it does not take over from got's options cannot take the token elsewhere.
 */

import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { RequestFunction } from 'got';
import type { Bearer } from '../bearer.js';
import { applyHeaderModifiers, assertOwnHeaders, headerPairs } from '../request-headers.js';
import type { AccessToken } from '../token.js';
import type { OutboundCall } from './outbound-call.js';
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
    const { href } = bearer.target.resolve(url);
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
    applyHeaderModifiers(headers, settings.headers);
    if (token) headers['authorization'] = `Bearer ${token.value}`;
    const secure = href.startsWith('https:');
    const agent = settings.transport.agents[secure ? 'https' : 'http'];
    const given = Object.entries({ method, maxHeaderSize, family, localAddress }).filter(
      ([, value]) => value !== undefined,
    );
    const request = (secure ? https : http).request(href, { ...Object.fromEntries(given), headers, agent });
    watchLimits(request, call);
    if (token && onRefused) hold(request, (response) => onRefused(response, token));
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

function watchLimits(request: ClientRequest, call: OutboundCall): void {
  request.once('socket', (socket) => {
    if (!socket.connecting) return;
    call.limitConnect();
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
      if (request.writableFinished) call.limitAnswer();
      else call.lift();
    });
  });
  request.once('finish', () => {
    if (!request.socket?.connecting) call.limitAnswer();
  });
  request.once('response', () => call.lift());
  request.once('close', () => call.lift());
}

/** Keeps a 401 from got until it is judged: got would read all of it first. */
function hold(request: ClientRequest, judge: (response: IncomingMessage) => Promise<boolean>): void {
  const emit = request.emit;
  request.emit = function emitUnlessRefused(event: string | symbol, ...args: unknown[]): boolean {
    const response = args[0] as IncomingMessage;
    if (event !== 'response' || response.statusCode !== 401) return emit.apply(request, [event, ...args]);
    const pass = (wanted: boolean) => {
      if (!wanted) return;
      if (response.destroyed && !response.complete) emit.call(request, 'error', new Error('the answer broke off'));
      else emit.call(request, 'response', response);
    };
    judge(response).then(pass, (error: unknown) => {
      emit.call(request, 'error', error);
      request.destroy();
    });
    return true;
  };
}
