/** The opening handshake with the backend (RFC 6455 §4.1): one request with the token, repeated when that is refused. */

import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Bearer } from '../../../bearer/bearer.js';
import { completePath } from '../../../outbound/complete-request.js';
import { callFailure } from '../../../outbound/failure.js';
import { OutboundCall, PLAIN_CALL } from '../../../outbound/outbound-call.js';
import type { ClientSettings } from '../../../outbound/settings.js';
import type { AccessToken } from '../../../token.js';
import { explainOverflow } from '../../../transport/header-overflow.js';
import { challengesOf } from '../returned-headers.js';
import { completeSentHeaders } from '../sent-headers.js';
import { switchProblem } from './accept.js';
import type { AskedRequest } from './asked-request.js';

/** How it came out: a tunnel after a 101, else an answer whose body is to be read. */
export interface Handshake {
  readonly call: OutboundCall;
  readonly answer: IncomingMessage;
  readonly tunnel: { readonly stream: Duplex; readonly head: Buffer } | undefined;
  /** Who closes it when the call is ended from outside. */
  closeBy(close: (reason: unknown) => void): void;
}

/**
 * Shakes hands. The call is under way until its `done()`.
 *
 * @param settings with the context of the inbound request, whose client's leaving ends the call
 * @throws token errors, ClientClosedError, what functions of the context throw; Node's errors with `statusCode` 502 or 504
 */
export async function shakeHands(
  bearer: Bearer,
  settings: ClientSettings,
  request: IncomingMessage,
  asked: AskedRequest,
): Promise<Handshake> {
  let close: (reason: unknown) => void = () => {};
  const onAbort = (reason: unknown) => close(reason);
  const calling = { ...PLAIN_CALL, method: 'GET', signal: undefined, forwarded: request, onAbort };
  const call = new OutboundCall(bearer, { ...settings, abortOnDisconnect: true }, calling);
  try {
    let token = await call.ready(true);
    for (;;) {
      const shaken = await attempt(token);
      const { answer } = shaken;
      const { statusCode: status = 0, rawHeaders } = answer;
      if (call.isRefused(token, status)) {
        const challenges = challengesOf(rawHeaders);
        const next = await call.afterRefusal(token, { status, challenges, replayable: true });
        if (next) {
          // Its connection is not used again.
          answer.destroy();
          token = next;
          continue;
        }
      }
      // It may have broken off while a token was waited for.
      if (answer.errored) throw answer.errored;
      const closeBy = (closeNow: typeof close) => {
        close = closeNow;
      };
      return { ...shaken, call, closeBy };
    }
  } catch (error) {
    const failure = callFailure(error, call, settings.timeouts.connect);
    call.abort(failure);
    call.done();
    throw failure;
  }

  function attempt(token: AccessToken | undefined): Promise<Pick<Handshake, 'answer' | 'tunnel'>> {
    return new Promise((resolve, reject) => {
      if (call.aborted) throw call.reason;
      const sent = open(bearer, call, asked, token);
      close = (reason) => {
        sent.destroy(reason as Error);
        // Node has no error for a request that has its answer.
        reject(reason);
      };
      let answered = false;
      // Some servers answer before they have read all.
      sent.once('finish', () => answered || call.limitAnswer());
      sent.once('upgrade', (answer, stream, head) => {
        answered = true;
        call.lift();
        stream.on('error', () => undefined);
        close = () => stream.destroy();
        const problem = switchProblem(answer.rawHeaders, asked.key);
        if (problem) reject(problem);
        else resolve({ answer, tunnel: { stream, head } });
      });
      sent.once('response', (answer) => {
        answered = true;
        call.lift();
        // It may break off while nobody listens yet; who reads it hears of it all the same.
        answer.on('error', () => undefined);
        // Node takes one without `Upgrade` for a final answer.
        const problem = answer.statusCode === 101 ? switchProblem(answer.rawHeaders, asked.key) : undefined;
        if (problem) reject(problem);
        else resolve({ answer, tunnel: undefined });
        if (problem) sent.destroy();
      });
      sent.on('error', (error) => {
        call.lift();
        // Node keeps the bytes that it could not parse: a server may have repeated the token in them.
        if (Object.hasOwn(error, 'rawPacket')) delete (error as { rawPacket?: unknown }).rawPacket;
        explainOverflow(error, Number(sent.maxHeaderSize));
        reject(error);
      });
      sent.end();
    });
  }
}

function open(
  bearer: Bearer,
  call: OutboundCall,
  { target, headers: asked, key }: AskedRequest,
  token: AccessToken | undefined,
): ClientRequest & { readonly maxHeaderSize?: number } {
  const { settings } = call;
  bearer.target.checkParts(target.origin, target.path);
  const headers = { ...asked };
  completeSentHeaders(headers, settings, bearer, token);
  headers['connection'] = 'Upgrade';
  headers['upgrade'] = 'websocket';
  headers['sec-websocket-key'] = key;
  return settings.transport.upgrade(completePath(target.path, settings.query), headers);
}
