/** The connections of one backend, for undici and for got. */

import type { ClientRequest, OutgoingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { type OwnDispatcher, ownDispatcher } from './dispatcher.js';
import { givenDispatcher } from './given-dispatcher.js';
import { type NodeRequests, nodeRequests, type OwnRequestOptions } from './node-request.js';
import type { ConnectionStage } from './openings.js';
import { type TransportOptions, trustOptions } from './transport-options.js';
import { type UpgradeRequests, upgradeRequests } from './upgrade-request.js';

/** Connections of one backend; each kind is made when first used. */
export interface Transport {
  /** For token requests and fetch. */
  readonly dispatcher: Dispatcher;
  /** For a request whose connection has died: on one that is opened after that. `undefined` where a dispatcher was given. */
  readonly newConnections: Pick<Dispatcher, 'dispatch'> | undefined;
  /** For got: Node's own request. @param newConnection whether it goes on one that no other request has used, or will */
  request(href: string, options: OwnRequestOptions, newConnection?: boolean): ClientRequest;
  /** For WebSockets: a GET that is not yet ended, by HTTP/1.1. @param path with the query */
  upgrade(path: string, headers: OutgoingHttpHeaders): ClientRequest;
  /** How far the oldest connection is that `dispatcher` opens now; nothing where it opens none, or was given. */
  opening(): ConnectionStage | undefined;
  /** Ends every connection. A dispatcher that was given is left alone. */
  destroy(): Promise<void>;
}

/** Prepares connections; none is opened before it is needed, and an idle one does not keep the process alive. */
export function createTransport(options: TransportOptions): Transport {
  const trust = trustOptions(options);
  const given = options.dispatcher && givenDispatcher(options.dispatcher, options.origin);
  let own: OwnDispatcher | undefined;
  let node: NodeRequests | undefined;
  let upgrades: UpgradeRequests | undefined;

  const ours = () => {
    own ??= ownDispatcher(options, trust);
    return own;
  };

  return {
    get dispatcher() {
      return given ?? ours().dispatcher;
    },
    get newConnections() {
      return given ? undefined : ours().newConnections;
    },
    request(href, request, newConnection) {
      node ??= nodeRequests(options, trust);
      return node.request(href, request, newConnection);
    },
    upgrade(path, headers) {
      upgrades ??= upgradeRequests(options, trust);
      return upgrades.open(path, headers);
    },
    opening: () => own?.opening(),
    async destroy() {
      node?.destroy();
      upgrades?.destroy();
      await own?.destroy();
    },
  };
}
