/** The TLS handshake with a server, as the backend's connections make it, and the certificates that were shown. */

import { once } from 'node:events';
import { isIP, type Socket } from 'node:net';
import tls, { type ConnectionOptions, type TLSSocket } from 'node:tls';
import { ownMembers } from '../definitions/own-members.js';
import { trustOptions } from '../transport/transport-options.js';
import { UNSET_TLS } from '../transport/unset-options.js';
import { certificatesOf } from './certificates.js';
import { explainConnection } from './connection-errors.js';
import type { ConnectionTarget } from './connection-target.js';
import type { Mask } from './mask.js';
import type { TlsStep } from './report.js';
import { timed } from './timed.js';

interface TlsStepOptions {
  readonly target: ConnectionTarget;
  readonly host: string;
  readonly port: number;
  /** Opens a connection, or a tunnel, to the server. */
  readonly open: (signal: AbortSignal) => Promise<Socket>;
  readonly mask: Mask;
}

export async function tlsStep({ target, host, port, open, mask }: TlsStepOptions): Promise<TlsStep> {
  const { tls: material, validateCertificates, hostname, timeouts } = target;
  const name = hostname?.replace(/:\d+$/, '') ?? host;
  const servername = isIP(name) === 0 ? name : '';
  const look = (trust: ConnectionOptions, refused?: string) =>
    timed(async (signal) => {
      const options = { ...(UNSET_TLS as object), host: name, ...trust, servername };
      const socket = await handshake(await open(signal), options, signal);
      const certificates = certificatesOf(socket, refused ?? refusalOf(socket), mask);
      const protocol = socket.getProtocol();
      socket.destroy();
      return { protocol, certificates };
    }, timeouts.connect);

  const { value, error, milliseconds } = await look(trustOptions({ ...target, hostname }));
  const step = { step: 'tls', milliseconds, serverName: mask.text(name), checked: validateCertificates } as const;
  if (value) {
    const protocol = value.protocol === null ? {} : { protocol: value.protocol };
    return { ...step, ok: true, ...protocol, certificates: value.certificates };
  }
  const failure = explainConnection(error, `${host}:${port}`, mask);
  // Another look, without the client's certificate, for what was not trusted. Nothing is sent on that connection.
  const trust = { tls: ownMembers(material.ca === undefined ? {} : { ca: material.ca }), hostname };
  const unchecked = isRefusal(failure.code)
    ? await look(trustOptions({ ...trust, validateCertificates: false }), failure.code)
    : undefined;
  return { ...step, ok: false, error: failure, certificates: unchecked?.value?.certificates ?? [] };
}

async function handshake(socket: Socket, options: ConnectionOptions, signal: AbortSignal): Promise<TLSSocket> {
  const secured = tls.connect({ ...options, socket });
  // What happens to it afterwards is nobody's business any more.
  for (const each of [socket, secured]) each.on('error', () => {});
  try {
    await once(secured, 'secureConnect', { signal });
    return secured;
  } catch (error) {
    secured.destroy();
    throw error;
  }
}

/** Whether the certificate is to blame, by the error's code. */
function isRefusal(code = ''): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO|VERIFY|ALTNAME/.test(code);
}

/** Where the certificate is not checked, a handshake ends well all the same. */
function refusalOf({ authorized, authorizationError }: TLSSocket): string | undefined {
  return authorized ? undefined : String((authorizationError as Error & { code?: string })?.code ?? authorizationError);
}
