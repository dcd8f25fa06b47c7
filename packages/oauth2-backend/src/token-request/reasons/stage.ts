/** How far a token request had got when its time was over, or when it failed. */

import type { AskedWords } from './asked.js';

/**
 * `inputs` is the making of the request, `token` the wait for the token backend's own token; then its connection, with the way
 * to a proxy and that one's answer to CONNECT, the server's answer, and that answer's body.
 */
export type Stage =
  | 'inputs'
  | 'token'
  | 'look-up'
  | 'connection'
  | 'proxy'
  | 'tunnel'
  | 'handshake'
  | 'answer'
  | 'body';

const SENTENCES: Readonly<Record<Stage, (asked: AskedWords) => string>> = {
  inputs: () => 'a function or file that gives a secret, key or assertion did not end',
  token: ({ place }) => `the token backend's own token ("${place}.oauth2") was not there`,
  'look-up': ({ authority }) =>
    `the DNS look-up for ${authority} did not end: does this machine, or container, reach a DNS server?`,
  connection: (asked) =>
    `the TCP connection to ${asked.authority} did not come about: is a firewall in the way, or a proxy needed ("${asked.place}.proxy")?`,
  proxy: (asked) => `the connection to ${proxyOf(asked)} did not come about: is "${asked.place}.proxy" right?`,
  tunnel: (asked) => `${proxyOf(asked)} did not answer CONNECT ${asked.authority}`,
  handshake: ({ authority }) => `the TLS handshake with ${authority} did not end: is it http://?`,
  answer: () => 'the request was sent, and no answer came',
  body: () => "the answer's body did not end",
};

/** The sentence for what did not end in time. */
export function lateReason(stage: Stage, asked: AskedWords): string {
  return SENTENCES[ofProxy(stage, asked) ? (stage === 'tunnel' ? stage : 'proxy') : stage](asked);
}

/** What happened, where no answer came within some milliseconds. */
export function lateHead({ authority, client, via }: AskedWords, milliseconds: number): string {
  return `${authority} gave ${client}${via} no token within ${milliseconds} ms`;
}

/** Whether it is the proxy that this stage of a connection is about: all of it where the request is not in a tunnel. */
export function ofProxy(stage: Stage, { proxy, secure }: AskedWords): boolean {
  if (!proxy) return false;
  return stage === 'proxy' || stage === 'tunnel' || (!secure && CONNECTING.has(stage));
}

const CONNECTING: ReadonlySet<Stage> = new Set(['look-up', 'connection', 'handshake']);

/** `the proxy proxy.example:3128`. */
export function proxyOf({ proxy }: AskedWords): string {
  return `the proxy ${proxy?.host}`;
}
