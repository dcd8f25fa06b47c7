/** One thing that goes wrong between an HTTP client and a server, said without either. */
import type { Duplex } from 'node:stream';

/** A fault, and what a client can make of it. */
export interface Fault {
  readonly name: string;
  /** What the exchange gets as far as: no request can be sent, no head of an answer comes, no end of its body, or all of it. */
  readonly reaches: 'nothing' | 'request' | 'head' | 'all';
  /**
   * What the client's caller is to get.
   * `'failure'`: an error, at once; nothing else may be made of it. `'silence'`: an error when the client's limit is reached,
   * for the server says nothing more of use. A number: an answer with this status, whole.
   */
  readonly outcome: 'failure' | 'silence' | number;
  /** Milliseconds that an answer asks the client to stay away for. */
  readonly retryAfter?: number;
  /** The port is closed. */
  readonly closed?: boolean;
  /** Needs a server over TLS. */
  readonly tls?: boolean;
  /** What certificate the server shows instead of a good one. */
  readonly certificate?: 'expired' | 'otherName' | 'stranger';
  /** What the server does with a connection, before TLS, instead of reading requests. */
  readonly connection?: (socket: Duplex) => void;
  /** What the server does with a request instead of answering well. */
  readonly request?: (wire: Wire) => void;
}

/** The server's side of one request that has been read whole. */
export interface Wire {
  /** The good answer in HTTP/1.1 with its length, which many faults begin like. */
  readonly head: string;
  readonly body: string;
  /** Milliseconds since the epoch by the clock of the test. */
  readonly now: number;
  /** Puts text on the wire as it is. */
  write(text: string): void;
  /** Puts the text on the wire a few characters at a time. @param milliseconds between two of them */
  drip(text: string, milliseconds: number): void;
  /** Ends the connection's one direction, and takes no notice of the other until the client ends it. */
  halfClose(): void;
  /** Ends both directions when all is written. */
  close(): void;
  /** Answers with a TCP reset. */
  reset(): void;
}
