/**
 * got's `request` function for one backend: it runs last, for each hop, retry and stream, after every hook.
 * What it does not take over from got's options cannot take the token elsewhere.
 */

import type { ClientRequest, IncomingMessage } from 'node:http';
import type { RequestFunction } from 'got';
import type { Bearer } from '../../bearer/bearer.js';
import type { OutboundCall } from '../../outbound/outbound-call.js';
import { headerRecord } from '../../outbound/request-headers.js';
import { completeHeaders, completePath } from '../../outbound/sent-request.js';
import type { CarrierSettings } from '../../outbound/settings.js';
import type { AccessToken } from '../../token.js';
import { hideInAnswer } from './secrets.js';
import { watchRequest } from './watch.js';

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
    const headers = headerRecord(native.headers, bearer) ?? {};
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
    const request = settings.transport.request(href, { method, maxHeaderSize, family, localAddress, headers });
    watchRequest(request, {
      onSent: () => call.limitAnswer(),
      onResponse(response) {
        call.lift();
        hideInAnswer(response as IncomingMessage & { req: unknown });
        if (response.statusCode !== 401) call.accepted(token);
      },
      onClose: () => call.lift(),
      judge: token && onRefused ? (response) => onRefused(response, token) : undefined,
    });
    return request;
  }
}
