/** Why a connection did not come about, in words. */

import type { Mask } from './mask.js';
import type { StepError } from './report.js';
import { stepError } from './step-error.js';

/** @param at `host:port` of whom it was opened to */
export function explainConnection(error: unknown, at: string, mask: Mask): StepError {
  const given = stepError(error, mask);
  const words = Object.entries(WORDS).find(([pattern]) => new RegExp(`^(?:${pattern})$`).test(given.code ?? ''))?.[1];
  return words === undefined ? given : { ...given, message: words.replace('{at}', mask.text(at)) };
}

/** By code. */
const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no host has this name',
  ENODATA: 'the name has no address',
  EAI_AGAIN: 'no name server answered',
  ECONNREFUSED: 'nothing listens on {at}, or a firewall refuses connections',
  'ECONNRESET|EPIPE': '{at} closed the connection',
  'EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL': 'there is no way to {at} from here',
  'ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG|EPROTO':
    '{at} speaks no TLS: is it http://, or another port?',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION|ERR_SSL_UNSUPPORTED_PROTOCOL': '{at} speaks no version of TLS that Node does',
  'ERR_SSL_.*CERTIFICATE_REQUIRED|ERR_SSL_.*HANDSHAKE_FAILURE':
    '{at} broke the handshake off: it may want a client certificate',
  CERT_HAS_EXPIRED: 'a certificate has expired, or our clock is ahead',
  CERT_NOT_YET_VALID: 'a certificate is not valid yet, or our clock is behind',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is signed by itself, and is not among the trusted authorities',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate is from an authority that is not trusted',
  'UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    'the certificate is from an authority that is not trusted, or the server does not send the certificates between',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for other hosts than this',
};
