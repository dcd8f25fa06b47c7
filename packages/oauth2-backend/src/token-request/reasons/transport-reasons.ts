/** Why no answer came, by the code of the network's error. */

import type { AskedWords } from './asked.js';
import type { NetworkFailure } from './network-failure.js';
import { ofProxy, proxyOf, type Stage } from './stage.js';
import { tlsReason } from './tls-reasons.js';

type Reason = (asked: AskedWords, failure: NetworkFailure) => string | undefined;

/** The first row that fits counts. */
const ROWS: readonly (readonly [code: RegExp, reason: Reason])[] = [
  [/^ENOTFOUND$/, (asked, { stage }) => `there is no such host name: is ${addressOf(asked, stage)} right?`],
  [/^EAI_/, () => 'no DNS server answered: does this machine, or container, reach one?'],
  [
    /^ECONNREFUSED$/,
    (asked, { stage }) =>
      `nothing listens there: is ${whoOf(asked, stage)} up, and is the port of ${addressOf(asked, stage)} right?`,
  ],
  [
    /^(?:EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EHOSTDOWN|ENETDOWN)$/,
    ({ place }) => `this machine has no way there: is a VPN off, or a proxy needed ("${place}.proxy")?`,
  ],
  [/^ERR_PROXY_CONNECT$/, refusedTunnel],
  [/^(?:ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET)$/, closed],
  [
    /^HPE_HEADER_OVERFLOW$|HEADERS_OVERFLOW$/,
    ({ place }) => `the headers of its answer are larger than "${place}.max_response_header_size"`,
  ],
  [
    /^HPE_/,
    ({ secure }) =>
      secure ? 'what it answers is no HTTP' : 'what it answers is no HTTP: is it https://, or another port?',
  ],
  [/^(?:EMFILE|ENFILE)$/, () => 'this process has too many files and sockets open'],
  [/^(?:EACCES|EPERM|ERR_ACCESS_DENIED)$/, () => 'this machine does not let the process connect there'],
];

/** The sentence for it; nothing for a code that says no more than itself. */
export function transportReason(failure: NetworkFailure, asked: AskedWords): string | undefined {
  const row = ROWS.find(([code]) => code.test(failure.code));
  return row ? row[1](asked, failure) : tlsReason(failure, asked);
}

function addressOf(asked: AskedWords, stage: Stage): string {
  return ofProxy(stage, asked) ? `"${asked.place}.proxy"` : '"token_endpoint"';
}

function whoOf(asked: AskedWords, stage: Stage): string {
  return ofProxy(stage, asked) ? proxyOf(asked) : 'the server';
}

function refusedTunnel(asked: AskedWords, { proxyStatus = 0 }: NetworkFailure): string {
  const { authority, place, proxy } = asked;
  const who = proxyOf(asked);
  if (proxyStatus === 407) {
    return proxy?.credentials
      ? `${who} does not take user and password of "${place}.proxy" (407)`
      : `${who} wants user and password in "${place}.proxy" (407)`;
  }
  if (proxyStatus === 403)
    return `${who} does not let anybody through to ${authority} (403): its rules, or an entry in NO_PROXY`;
  if (proxyStatus >= 500) return `${who} has no way to ${authority} (${proxyStatus})`;
  return `${who} answered CONNECT ${authority} with ${proxyStatus}: is it an HTTP proxy?`;
}

function closed(asked: AskedWords, { stage }: NetworkFailure): string {
  if (ofProxy(stage, asked)) return `${proxyOf(asked)} closed the connection: is "${asked.place}.proxy" right?`;
  if (stage === 'body') return 'it closed the connection in the middle of its answer';
  if (stage === 'handshake')
    return 'it broke the TLS handshake off: does it take TLS on that port, and from this machine?';
  if (!asked.secure) return 'it closed the connection without an answer: is it https://?';
  const doubt = asked.clientCertificate ? 'take our client certificate' : 'want a client certificate';
  return `it closed the connection without an answer: does it ${doubt} ("${asked.place}.tls.client_certificate_file")?`;
}
