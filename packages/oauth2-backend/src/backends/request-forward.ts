/** What the adapters share: an inbound request sent on to one of its backends. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ForwardAnswer } from '../clients/forward/forward-answer.js';
import { type ForwardOptions, resolveForwardOptions } from '../clients/forward/options.js';
import { givenOptions } from '../definitions/schema/given-options.js';
import { ClientClosedError, ConfigurationError, type Problem } from '../errors.js';
import { isQueued, turnOf } from '../outbound/queued-response.js';
import { refuseBareCall } from './bare-call.js';
import { RequestView } from './request-view.js';
import { sendInTime } from './sent-in-time.js';

/** Options of the adapters' `forward`. */
export interface RequestForwardOptions extends ForwardOptions {
  /** The member of the request that holds the backends. Default `backends`. */
  readonly property?: string | undefined;
}

/** An answer, and how it is sent in time. */
export interface RequestForwardAnswer extends ForwardAnswer {
  /** Call it when the head is written and the body piped: neither waits for what comes later. */
  sendInTime(): void;
}

/**
 * Sends a request on and gives the answer, joined with what the response has already: its `Set-Cookie` and `Vary` stay.
 * `undefined` where the client has left: there is nobody to answer, and nothing to report.
 *
 * @param inbound the framework's own object, which has the backends
 */
export type RequestForward = (
  request: IncomingMessage,
  response: ServerResponse,
  inbound: object,
) => Promise<RequestForwardAnswer | undefined>;

/**
 * Gives a function that forwards requests to the backend of this name among those attached to them.
 *
 * @throws ConfigurationError for wrong options; with the request where the backends were not attached to it
 */
export function requestForward(name: string, options?: RequestForwardOptions): RequestForward {
  refuseBareCall(name, options, "forward('name')");
  const { property = 'backends', ...others } = givenOptions(options);
  const resolved = resolve(name, property, others);

  return async function forwardRequest(request, response, inbound) {
    const view = RequestView.at(inbound, property);
    if (!view) {
      const message = `forward("${name}") needs the middleware that gives the request its backends to run before it`;
      throw new ConfigurationError([{ path: '', message }]);
    }
    if (response.headersSent || response.writableEnded) {
      const message = `forward("${name}") was reached by a request that has been answered already`;
      throw new ConfigurationError([{ path: '', message }]);
    }
    let answer: ForwardAnswer;
    try {
      answer = await view.member(name).forward(request, resolved);
    } catch (error) {
      if (error instanceof ClientClosedError && hasLeft(request, response)) return undefined;
      if (mustWait(request, response) && !(await turnOf(request, response))) return undefined;
      throw error;
    }
    if (mustWait(request, response) && !(await turnOf(request, response))) {
      answer.body.destroy();
      return undefined;
    }
    // They would be of another body than the one that comes now.
    for (const header of FRAMING) if (response.hasHeader(header)) response.removeHeader(header);
    for (const header of JOINED) {
      const value = answer.headers[header];
      const before = value === undefined ? undefined : response.getHeader(header);
      if (value !== undefined && before !== undefined) answer.headers[header] = [before, value].flat().map(String);
    }
    return { ...answer, sendInTime: () => sendInTime(answer.body, response) };
  };
}

const FRAMING = ['content-length', 'trailer'];
const JOINED = ['set-cookie', 'vary'];

function hasLeft(request: IncomingMessage, response: ServerResponse): boolean {
  return request.aborted || response.destroyed || (isQueued(request, response) && request.socket.destroyed);
}

/**
 * Whether Node would write the `100 Continue` of this request between the head and the body of its answer, and the client
 * take it for the body: while the answers before it on the connection are not written.
 */
function mustWait(request: IncomingMessage, response: ServerResponse): boolean {
  return isQueued(request, response) && hasExpect(request);
}

/** As it came: an application may have taken it out of `headers`. */
function hasExpect({ rawHeaders }: IncomingMessage): boolean {
  return rawHeaders.some((name, at) => at % 2 === 0 && name.toLowerCase() === 'expect');
}

function resolve(name: unknown, property: unknown, options: ForwardOptions): ForwardOptions {
  const problems: Problem[] = [];
  if (typeof name !== 'string' || name === '')
    problems.push({ path: 'name', message: 'must be the name of a backend' });
  if (typeof property !== 'string' || property === '') {
    problems.push({ path: 'property', message: 'must be a non-empty string' });
  }
  try {
    const resolved = resolveForwardOptions(options);
    if (problems.length === 0) return resolved;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.push(...error.problems);
  }
  throw new ConfigurationError(problems);
}
