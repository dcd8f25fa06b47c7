/** Forwards inbound requests to one backend with its token: streamed both ways, without the client's own credentials. */

import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Bearer } from '../../bearer/bearer.js';
import type { Target } from '../../bearer/target.js';
import { hasOwnMember } from '../../definitions/own-members.js';
import { Attempt } from '../../outbound/attempt.js';
import { completePath } from '../../outbound/complete-request.js';
import { dispatchOptions } from '../../outbound/dispatch-options.js';
import { dropAnswer } from '../../outbound/dropped-bodies.js';
import { callFailure } from '../../outbound/failure.js';
import { OutboundCall, PLAIN_CALL } from '../../outbound/outbound-call.js';
import type { ClientSettings } from '../../outbound/settings.js';
import { waitFor } from '../../sources/waiting.js';
import type { AccessToken } from '../../token.js';
import { AnswerHandler, isBodiless, type RawAnswer } from './answer.js';
import { declinedAnswer, declinedBefore, type ForwardAnswer, rememberDeclined } from './forward-answer.js';
import { addForwarded } from './forwarded-headers.js';
import { givenHead } from './given-head.js';
import { assertUnread, broughtBody, replacedBody } from './held-body.js';
import { heldBody, type InboundBody, inboundBody } from './inbound-body.js';
import { type InboundMessage, readInbound } from './inbound-message.js';
import { forwardTarget, inboundPlace } from './mount.js';
import type { ResolvedForwardOptions } from './options.js';
import { passedCookies } from './passed-cookies.js';
import { challengesOf, type RawHeaders, returnedTrailers } from './returned-headers.js';
import { completeSentHeaders } from './sent-headers.js';
import { closeUnread } from './unread-upload.js';

type BearerForward = (request: IncomingMessage, options: ResolvedForwardOptions) => Promise<ForwardAnswer>;

/** The `forward` of one backend. */
export function forwardClient(bearer: Bearer, settings: ClientSettings): BearerForward {
  const tokenHeader = bearer.hasToken ? bearer.field.header : undefined;

  return async function forwardWithToken(request, options) {
    const { trustForwarded, methods } = options;
    const message =
      declinedBefore(request) ?? readInbound(request, { trustForwarded, methods, tokenHeader, protocol: undefined });
    if (hasOwnMember(message, 'status')) {
      rememberDeclined(request, message);
      return declinedAnswer(request, message);
    }
    const place = inboundPlace(request, settings.context?.inbound, options.mount);
    if (!place) return declinedAnswer(request, { status: 400 });
    const { mount, path, host = message.host } = place;
    if (path === undefined) return declinedAnswer(request, { status: 404 });
    const target = forwardTarget(bearer.target, path);
    if (!target) return declinedAnswer(request, { status: 400 });
    const held = readHeldBody(request, message, options, settings.context?.inbound ?? request);
    addForwarded(message.headers, request, { host, mount }, options);
    const cookies = options.passCookies && passedCookies(request, options.passCookies);
    if (cookies !== undefined) message.headers['cookie'] = cookies;

    const { headers: sentHeaders } = message;
    const method = request.method ?? 'GET';
    const onAbort = (reason: unknown) => sent?.abort(reason);
    const calling = { ...PLAIN_CALL, method, signal: undefined, forwarded: request, onAbort };
    const call = new OutboundCall(bearer, settings, calling);
    let sent: AnswerHandler | undefined;
    const body = held ? heldBody(held) : streamedBody(request, message, options);
    const over = () => call.done();
    const addTrailers = (raw: RawHeaders, answer: RawAnswer) => returnedTrailers(raw, options, answer);

    try {
      const ready = call.ready(message.body === undefined);
      let token = ready instanceof Promise ? await ready : ready;
      const start = body?.start();
      let content = start instanceof Promise ? await waitFor(start, call.signal) : start;

      for (;;) {
        const answer = await new Promise<RawAnswer>((resolve, reject) => {
          if (call.aborted) throw call.reason;
          sent = new AnswerHandler({ call, addTrailers, settle: resolve, fail: reject });
          send({ bearer, settings, call, target, method, message, token, content, body }, sent);
        });
        if (call.isRefused(token, answer.status)) {
          let again: Buffer | undefined;
          const replayable = async () => {
            again = body?.again();
            return !body || again !== undefined;
          };
          const challenges = challengesOf(answer.raw);
          const next = await call.afterRefusal(token, { status: answer.status, challenges, replayable });
          if (next) {
            await dropAnswer(answer.body);
            token = next;
            content = again;
            continue;
          }
        }
        // It may have broken off while the rest of the request was waited for, or a token.
        if (answer.body.errored) throw answer.body.errored;
        sent?.whenOver(over);
        return answerOf(answer);
      }
    } catch (error) {
      const failure = callFailure(error, call, settings.timeouts.connect);
      // An answer that nobody will read must not hold its connection.
      call.abort(failure);
      over();
      body?.drop();
      throw failure;
    }

    function answerOf(answer: RawAnswer): ForwardAnswer {
      const given = givenHead(answer, {
        bearer,
        options,
        method,
        target: target as Target,
        mount,
        headers: sentHeaders,
      });
      const { headers } = given;
      if (body?.answered()) {
        headers['connection'] = 'close';
        closeUnread(request);
      }
      // Node throws where it cannot send trailers.
      const chunked = !('content-length' in headers) && method !== 'HEAD' && request.httpVersion !== '1.0';
      if (!chunked || isBodiless(answer.status)) delete headers['trailer'];
      return { ...given, body: answer.body, trailers: answer.trailers };
    }
  };
}

/** The body that the option gives, else one that an adapter has brought. @throws ConfigurationError where that, or the stream, cannot be sent */
function readHeldBody(
  request: IncomingMessage,
  { body, headers, bySocket }: InboundMessage,
  options: ResolvedForwardOptions,
  inbound: unknown,
): Buffer | Promise<Buffer> | undefined {
  const replaced = body === undefined ? undefined : replacedBody(options, inbound, headers);
  if (replaced) return replaced;
  if (!bySocket) return broughtBody(request, body === 'unknown' ? undefined : Number(body ?? 0));
  if (body !== undefined) assertUnread(request);
  return undefined;
}

function streamedBody(
  request: IncomingMessage,
  { body }: InboundMessage,
  { replayLimit }: ResolvedForwardOptions,
): InboundBody | undefined {
  return body === undefined || body === 'unknown' ? undefined : inboundBody(request, body, replayLimit);
}

interface Sending {
  readonly bearer: Bearer;
  readonly settings: ClientSettings;
  readonly call: OutboundCall;
  readonly target: Target;
  readonly method: string;
  readonly message: InboundMessage;
  readonly token: AccessToken | undefined;
  /** What to send now of the body. */
  readonly content: Buffer | Readable | undefined;
  readonly body: InboundBody | undefined;
}

function send(sending: Sending, handler: AnswerHandler): void {
  const { bearer, settings, call, target, method, message, token, content, body } = sending;
  bearer.target.checkParts(target.origin, target.path);
  const headers = { ...message.headers };
  const length = Buffer.isBuffer(content) ? content.length : message.body;
  const now = content && length !== 0 ? content : null;
  if (now && typeof length === 'number') headers['content-length'] = String(length);
  completeSentHeaders(headers, call.settings, bearer, token);
  const path = completePath(target.path, call.settings.query);
  const sent = dispatchOptions(target.origin, path, method);
  sent.headers = headers;
  sent.body = now;
  const kept = now === null || Buffer.isBuffer(now) ? now : () => body?.again();
  new Attempt(handler, { call, failure: undefined, onEnd: undefined }).send(settings, sent, kept);
}
