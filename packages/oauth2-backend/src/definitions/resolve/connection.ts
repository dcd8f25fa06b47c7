/** From a backend that was read to how it is connected to: proxy, TLS, HTTP version, number and life of connections. */

import type { BackendBlock } from '../attributes/blocks.js';
import type { ResolvedBackend, ResolvedProxy } from '../resolved.js';
import { givenForms, resolveTls } from './tls.js';

/** What says how a backend is connected to. */
export type Connection = Pick<
  ResolvedBackend,
  'hostname' | 'proxy' | 'tls' | 'http2' | 'maxConnections' | 'reuseConnections' | 'validateCertificates'
>;

/** Gives the connection's settings; reports what does not fit together. */
export function resolveConnection(
  block: BackendBlock,
  origin: string | undefined,
  { proxyFor, warnings }: { proxyFor: (origin: string) => ResolvedProxy | undefined; warnings: string[] },
): Connection {
  const { place, values, given } = block;
  judgeCertificates(block, origin);
  if (values.disable_certificate_validation) {
    warnings.push(`${place.path}: the server's certificate is not checked (disable_certificate_validation)`);
  }
  const proxy = given.has('proxy') || origin === undefined ? values.proxy : proxyFor(origin);
  return {
    ...(values.hostname !== undefined && { hostname: values.hostname }),
    ...(proxy && { proxy }),
    tls: values.tls ? resolveTls(values.tls) : Object.freeze({}),
    http2: values.http2,
    maxConnections: values.max_connections,
    reuseConnections: !values.disable_connection_reuse,
    validateCertificates: !values.disable_certificate_validation,
  };
}

function judgeCertificates({ place, values }: BackendBlock, origin: string | undefined): void {
  const { tls } = values;
  if (!tls) return;
  if (tls.given.size > 0 && origin?.startsWith('http:')) {
    place.at('tls').refuse('does nothing: the origin is plain http');
  }
  if (!values.disable_certificate_validation) return;
  for (const authorities of givenForms(tls, 'server_ca_certificate')) {
    authorities.place.refuse('does nothing with "disable_certificate_validation"');
  }
}
