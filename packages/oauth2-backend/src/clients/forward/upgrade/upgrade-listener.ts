/** Sends WebSockets on to one backend with its token: `server.on('upgrade', …)`. */

import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Bearer } from '../../../bearer/bearer.js';
import { hasOwnMember, memberOf } from '../../../definitions/own-members.js';
import { ClientClosedError, OAuth2BackendError } from '../../../errors.js';
import { requestContext } from '../../../outbound/request-context.js';
import type { ClientSettings } from '../../../outbound/settings.js';
import { givenHead } from '../given-head.js';
import { acceptOf } from './accept.js';
import { type AskedRequest, placeOf, readAsked } from './asked-request.js';
import { ClientSocket } from './client-socket.js';
import { type Handshake, shakeHands } from './handshake.js';
import { isLast, ourListener, take } from './listeners.js';
import { type ResolvedUpgradeOptions, resolveUpgradeOptions, type UpgradeOptions } from './options.js';
import { joinTunnel } from './tunnel.js';

/** A listener for a server's `upgrade`. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** The listener of one backend. @throws ConfigurationError for wrong options */
export function upgradeListener(bearer: Bearer, settings: ClientSettings, options: UpgradeOptions): UpgradeListener {
  const resolved = resolveUpgradeOptions(options);
  const { mount } = resolved.forward;

  return ourListener(oauth2Upgrade);

  function oauth2Upgrade(this: unknown, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const place = placeOf(request, mount);
    const isOurs = place?.path !== undefined || mount === '';
    if (!isOurs && !isLast(this, oauth2Upgrade)) return;
    if (socket.destroyed || !take(socket)) return;
    // Its answer would stand in the middle of the tunnel.
    if (isAnswering(socket)) {
      socket.destroy();
      return;
    }
    const client = new ClientSocket(request, socket, head);
    if (isOurs) void sendOn(request, place, client);
    else client.decline({ status: place ? 404 : 400 });
  }

  async function sendOn(
    request: IncomingMessage,
    place: ReturnType<typeof placeOf>,
    client: ClientSocket,
  ): Promise<void> {
    try {
      const judged = readAsked(request, place, bearer, resolved);
      const inbound = hasOwnMember(judged, 'status') ? undefined : await admit(request, client);
      // Once more: what the application has done to `request.headers` counts.
      const asked = inbound ? readAsked(request, place, bearer, resolved) : judged;
      if (hasOwnMember(asked, 'status')) client.decline(asked);
      else if (!inbound) client.decline({ status: 403 });
      else if (!client.gone) {
        const context = requestContext(request, client.response, inbound);
        const shaken = await shakeHands(bearer, { ...settings, context }, request, asked);
        if (shaken.tunnel) join(shaken, shaken.tunnel, asked, client);
        else give(shaken, asked, client);
      }
    } catch (error) {
      fail(error, request, client);
    }
  }

  /** `close()` waits for it, and does not wait for ever. */
  async function admit(request: IncomingMessage, client: ClientSocket): Promise<object | undefined> {
    const end = settings.begin(() => client.socket.destroy());
    client.socket.once('close', end);
    try {
      return await admitted(request, resolved);
    } finally {
      end();
    }
  }

  function give(shaken: Handshake, asked: AskedRequest, client: ClientSocket): void {
    const { answer, call } = shaken;
    answer.once('close', () => call.done());
    shaken.closeBy((reason) => answer.destroy(reason as Error));
    try {
      const { status, statusText, headers } = headOf(answer, asked);
      client.give(status, statusText, headers, answer);
    } catch (error) {
      answer.destroy();
      throw error;
    }
  }

  function join(
    shaken: Handshake,
    { stream, head }: NonNullable<Handshake['tunnel']>,
    asked: AskedRequest,
    client: ClientSocket,
  ): void {
    const { call } = shaken;
    const { headers } = headOf(shaken.answer, asked);
    delete headers['content-length'];
    const own = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-accept': acceptOf(asked.key) };
    const early = client.release();
    call.liftAll();
    const close = joinTunnel(
      { stream: client.socket, first: [headText({ ...headers, ...own }), head] },
      { stream, first: [early] },
      () => call.done(),
    );
    shaken.closeBy(close);
  }

  function headOf(answer: IncomingMessage, asked: AskedRequest): ReturnType<typeof givenHead> {
    const { statusCode: status = 0, statusMessage = '', rawHeaders: raw } = answer;
    // Node gives its bytes as Latin-1.
    const statusText = Buffer.from(statusMessage, 'latin1').toString();
    const answered = { bearer, options: resolved.forward, method: 'GET', ...asked };
    const head = givenHead({ status, statusText, raw }, answered);
    delete head.headers['trailer'];
    return head;
  }

  function fail(error: unknown, request: IncomingMessage, client: ClientSocket): void {
    if (error instanceof ClientClosedError) return;
    client.decline({ status: statusOf(error), headers: headersOf(error) });
    resolved.onError?.(error, request);
  }
}

/** What `authorize` lends the request context; `undefined` when it does not admit. */
async function admitted(
  request: IncomingMessage,
  { authorize, onError }: ResolvedUpgradeOptions,
): Promise<object | undefined> {
  let verdict: unknown;
  try {
    verdict = await authorize(request);
  } catch (error) {
    onError?.(error, request);
    return undefined;
  }
  if (verdict === true) return request;
  return typeof verdict === 'object' && verdict !== null ? verdict : undefined;
}

/** Whether an earlier request of this connection has not been answered yet. */
function isAnswering(socket: Duplex): boolean {
  return (socket as { _httpMessage?: unknown })._httpMessage instanceof ServerResponse;
}

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 500;
  const status: unknown = memberOf(error as { statusCode?: unknown }, 'statusCode');
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status <= 599 ? status : 500;
}

/** A 401 has its challenge. */
function headersOf(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof OAuth2BackendError)) return {};
  return memberOf(error as { headers?: Readonly<Record<string, string>> }, 'headers') ?? {};
}

function headText(headers: Record<string, string | string[]>): string {
  const lines = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}\r\n`));
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`;
}
