/** Who asks whom, as error messages say it. */

import { shown } from './shown.js';

/** A token endpoint and its client. */
export interface Asked {
  /** Absolute. */
  readonly url: string;
  /** Absent where the client is not named. */
  readonly clientId?: string | undefined;
  /** Where the attributes of the token backend stand: `billing.oauth2.backend`, or its own name. */
  readonly place: string;
  /** Host and port, and whether user and password are configured. */
  readonly proxy?: { readonly host: string; readonly credentials: boolean } | undefined;
  /** Whether the connection proves itself by a certificate. */
  readonly clientCertificate?: boolean | undefined;
}

/** The same in words. The endpoint's query is in none of them. */
export interface AskedWords extends Pick<Asked, 'place' | 'proxy'> {
  /** `as.example.com`, `as.example.com:8443`. */
  readonly host: string;
  /** The same with the port in any case. */
  readonly authority: string;
  /** `as.example.com/token`. */
  readonly address: string;
  /** `client "shop"`. */
  readonly client: string;
  /** ` through the proxy proxy.example:3128`, or nothing. */
  readonly via: string;
  readonly secure: boolean;
  readonly clientCertificate: boolean;
}

/** Gives the words. */
export function wordsFor({ url, clientId, place, proxy, clientCertificate = false }: Asked): AskedWords {
  const { protocol, host, hostname, port, pathname } = new URL(url);
  const secure = protocol === 'https:';
  return {
    host,
    authority: `${hostname}:${port || (secure ? 443 : 80)}`,
    address: shown(host + pathname, MAX_ADDRESS),
    client: clientId === undefined ? 'a client without client_id' : `client "${shown(clientId, MAX_CLIENT)}"`,
    via: proxy ? ` through the proxy ${proxy.host}` : '',
    place,
    proxy,
    secure,
    clientCertificate,
  };
}

const MAX_ADDRESS = 150;
const MAX_CLIENT = 80;
