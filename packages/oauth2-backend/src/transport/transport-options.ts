/** Settings of a backend's connections, and what Node's TLS takes of them. */

import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import type { Dispatcher } from 'undici';
import { memberOf } from '../definitions/own-members.js';
import type { ResolvedProxy, ResolvedTls } from '../definitions/resolved.js';
import { UNSET_CONTEXT } from './unset-options.js';

/** How a backend's peers are verified, and how it shows itself. */
interface TrustOptions {
  readonly tls: ResolvedTls;
  readonly validateCertificates: boolean;
  /** Host header and server name, where they are not the origin's. */
  readonly hostname: string | undefined;
}

export interface TransportOptions extends TrustOptions {
  /** The backend's, canonical. */
  readonly origin: string;
  /** Look-up, TCP, CONNECT and TLS: milliseconds, 0 for no limit. */
  readonly connectTimeout: number;
  /** What a connection that takes longer fails with. */
  readonly lateConnect: () => Error;
  readonly proxy: ResolvedProxy | undefined;
  readonly http2: boolean;
  /** For each kind of client; 0 for no cap. */
  readonly maxConnections: number;
  /** Bytes of an answer's headers. */
  readonly maxHeaderSize: number;
  readonly reuseConnections: boolean;
  /** Replaces the undici connections. */
  readonly dispatcher: Dispatcher | undefined;
}

/** Options for `tls.connect`. The secure context is made once: parsing the roots takes longer than a handshake. */
export function trustOptions({ tls: material, validateCertificates, hostname }: TrustOptions): tls.ConnectionOptions {
  const { ca, cert, key } = material;
  const own = ca !== undefined || cert !== undefined;
  return {
    ...(own && {
      secureContext: tls.createSecureContext({
        ...UNSET_CONTEXT,
        ...(ca && { ca: [...systemRoots(), ca] }),
        ...(cert && { cert }),
        ...(key && { key }),
      }),
    }),
    ...(!validateCertificates && { rejectUnauthorized: false }),
    ...(hostname !== undefined && { servername: hostname.replace(/:\d+$/, '') }),
  };
}

/** The roots that Node trusts by default. Older versions cannot list them with `NODE_EXTRA_CA_CERTS` in. */
function systemRoots(): readonly string[] {
  const getCACertificates = memberOf(tls as { getCACertificates?: (type: 'default') => string[] }, 'getCACertificates');
  if (getCACertificates) return getCACertificates('default');
  const extra = process.env['NODE_EXTRA_CA_CERTS'];
  return extra === undefined ? tls.rootCertificates : [...tls.rootCertificates, ...readExtra(extra)];
}

/** Node itself only warns of a file that it cannot read. */
function readExtra(file: string): readonly string[] {
  try {
    return [readFileSync(file, 'utf8')];
  } catch {
    return [];
  }
}
