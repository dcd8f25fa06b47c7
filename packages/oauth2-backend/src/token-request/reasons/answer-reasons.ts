/** What to look at, by the status of an answer that is no token and no OAuth error. */

import type { AskedWords } from './asked.js';
import { headOf, isPage, saysNothing } from './said.js';
import { basicReason, type Sent } from './sent.js';
import { assertionReason } from './sent-assertion.js';

/** An answer, and what its server says in it. */
export interface PlainAnswer {
  readonly status: number;
  readonly text: string;
  readonly said: string | undefined;
}

type Reason = (asked: AskedWords, sent: Sent) => string | undefined;

/** The first row that fits counts. */
const ROWS: readonly (readonly [fits: (answer: PlainAnswer) => boolean, reason: Reason])[] = [
  [({ text }) => isPage(text) && PLAIN_ON_TLS.test(headOf(text)), () => 'is it https://?'],
  [of(404, 410), rightEndpoint],
  [of(405, 501), (asked) => `that address takes no POST, ${rightEndpoint(asked)}`],
  [
    of(406),
    ({ place }) => `the server has nothing of what the header Accept asks for ("${place}.set_request_headers")`,
  ],
  [of(407), wantsProof],
  [of(408), () => 'the server did not get the whole request in its time'],
  [of(413, 414, 431), () => 'the request is larger than the server takes'],
  [of(415), (asked) => `that address takes no forms (application/x-www-form-urlencoded), ${rightEndpoint(asked)}`],
  [of(421), ({ place }) => `the server does not answer for this host name ("${place}.hostname")`],
  [of(429), () => 'too many token requests for this client or from this machine'],
  [of(502, 503, 504), unreachableBehind],
  [({ status }) => status >= 500, () => 'the server failed; its log says why'],
  [({ status }) => status < 300, rightEndpoint],
  [
    ({ status, text }) => status === 403 && isPage(text),
    () => 'does a firewall stand before the server, and let this machine through?',
  ],
  [({ status, text }) => UNEXPLAINED.has(status) && isPage(text), rightEndpoint],
  // Amazon's API Gateway, for a path that is not there.
  [({ said }) => /^missing authentication token$/i.test(said ?? ''), rightEndpoint],
  [({ status, said }) => status === 403 && said !== undefined && saysNothing(said), usualOrFirewall],
  [({ status, said }) => UNEXPLAINED.has(status) && saysNothing(said), usual],
];

/** The sentence for such an answer. */
export function answerReason(answer: PlainAnswer, asked: AskedWords, sent: Sent): string | undefined {
  return ROWS.find(([fits]) => fits(answer))?.[1](asked, sent);
}

/** Whether the answer may be about who asks. */
export function concernsClient({ status }: Pick<PlainAnswer, 'status'>): boolean {
  return UNEXPLAINED.has(status);
}

function of(...statuses: readonly number[]): (answer: PlainAnswer) => boolean {
  return ({ status }) => statuses.includes(status);
}

function rightEndpoint({ address }: AskedWords): string {
  return `is "token_endpoint" right? (${address})`;
}

function wantsProof({ proxy, place }: AskedWords): string {
  if (!proxy) return 'a proxy on the way wants to know who asks';
  const { host, credentials } = proxy;
  return credentials
    ? `the proxy ${host} does not take user and password of "${place}.proxy"`
    : `the proxy ${host} wants user and password in "${place}.proxy"`;
}

function unreachableBehind({ proxy, secure }: AskedWords): string {
  const down = 'the server, or what stands before it, is down or overloaded';
  return proxy && !secure ? `${down}, or the proxy ${proxy.host} has no way to it` : down;
}

function usual(_: AskedWords, sent: Sent): string {
  const list = 'usually a wrong client_id, secret, kid or aud, a disabled client, or no "scope" asked for';
  const more = sent.assertion ? assertionReason(sent.assertion) : basicReason(sent);
  return more === undefined ? list : `${list}; ${more}`;
}

/** Firewalls answer APIs in JSON, with a word. */
function usualOrFirewall(asked: AskedWords, sent: Sent): string {
  return `${usual(asked, sent)}; or a firewall stands before the server`;
}

const UNEXPLAINED: ReadonlySet<number> = new Set([400, 401, 403]);
const PLAIN_ON_TLS =
  /plain HTTP request was sent to (?:a TLS-enabled server|HTTPS port)|HTTP request to an HTTPS server/i;
