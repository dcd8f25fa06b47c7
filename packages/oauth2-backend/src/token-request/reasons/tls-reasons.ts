/** What is wrong with a TLS connection, and which attribute mends it, by Node's and OpenSSL's code. */

import type { AskedWords } from './asked.js';
import type { NetworkFailure } from './network-failure.js';

type Reason = (asked: AskedWords, failure: NetworkFailure) => string;

/** The first row that fits counts. OpenSSL 3.2 has `ERR_SSL_SSL/TLS_ALERT_…` for `ERR_SSL_SSLV3_ALERT_…`. */
const ROWS: readonly (readonly [code: RegExp, reason: Reason])[] = [
  [/^DEPTH_ZERO_SELF_SIGNED_CERT$/, (asked) => `${certificateOf(asked)} is signed by itself: ${authorityFile(asked)}`],
  [
    /^UNABLE_TO_VERIFY_LEAF_SIGNATURE$/,
    (asked) =>
      `${certificateOf(asked)} is from an authority that is not trusted, or is sent without those between: ${authorityFile(asked)}`,
  ],
  [
    /^(?:SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|CERT_UNTRUSTED|CERT_CHAIN_TOO_LONG|INVALID_CA)$/,
    (asked) => `${certificateOf(asked)} is from an authority that is not trusted: ${authorityFile(asked)}`,
  ],
  [/^CERT_HAS_EXPIRED$/, (asked, { now }) => `${certificateOf(asked)} has expired; by our clock it is ${instant(now)}`],
  [
    /^CERT_NOT_YET_VALID$/,
    (asked, { now }) => `${certificateOf(asked)} is not valid yet; by our clock it is ${instant(now)}`,
  ],
  [/^CERT_REVOKED$/, (asked) => `${certificateOf(asked)} was revoked`],
  [/^(?:ERR_TLS_CERT_ALTNAME_\w+|HOSTNAME_MISMATCH)$/, otherNames],
  [/^INVALID_PURPOSE$/, (asked) => `${certificateOf(asked)} is not one for servers`],
  [/_DH_KEY_TOO_SMALL$/, () => 'it offers a key exchange (Diffie-Hellman) that is too weak'],
  [/_(?:KEY_TOO_SMALL|MD_TOO_WEAK)$/, (asked) => `${certificateOf(asked)} has a key or signature that is too weak`],
  [/^CERT_|CERT_SIGNATURE/, (asked) => `${certificateOf(asked)} cannot be verified`],
  [
    /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNKNOWN_PROTOCOL|RECORD_OVERFLOW|BAD_RECORD_TYPE|RECORD_LAYER_FAILURE|UNEXPECTED_MESSAGE)$|^EPROTO$/,
    () => 'there is no TLS on that port: is it http://?',
  ],
  [
    /_ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|NO_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA|ACCESS_DENIED)/,
    clientCertificate,
  ],
  [
    /(?:PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW)$/,
    () => 'it speaks another version of TLS than this Node takes',
  ],
  [
    /UNRECOGNIZED_NAME$/,
    ({ place }) => `it does not know the host name it was asked for: "${place}.hostname" sets another`,
  ],
  [
    /ALERT_HANDSHAKE_FAILURE$|NO_SHARED_CIPHER$/,
    (asked) => `it takes none of the ciphers offered, or wants a client certificate (${certificateFile(asked)})`,
  ],
  [/^ERR_SSL_/, () => 'it broke the TLS handshake off'],
];

/** The sentence for it; nothing for a code that has nothing to do with TLS. */
export function tlsReason(failure: NetworkFailure, asked: AskedWords): string | undefined {
  return ROWS.find(([code]) => code.test(failure.code))?.[1](asked, failure);
}

function certificateOf({ authority }: AskedWords): string {
  return `the certificate of ${authority}`;
}

/** Companies' proxies open TLS and sign anew. */
function authorityFile({ place, proxy, secure }: AskedWords): string {
  const file = `"${place}.tls.server_ca_certificate_file"`;
  return proxy && secure ? `${file}, perhaps with the authority of the proxy ${proxy.host}` : file;
}

function certificateFile({ place }: AskedWords): string {
  return `"${place}.tls.client_certificate_file"`;
}

function clientCertificate(asked: AskedWords): string {
  return asked.clientCertificate
    ? `it does not take our client certificate: ${certificateFile(asked)}`
    : `it wants a client certificate: ${certificateFile(asked)}`;
}

function otherNames(asked: AskedWords, { names }: NetworkFailure): string {
  const has = names === undefined ? 'other names' : `other names (${names})`;
  return `${certificateOf(asked)} is for ${has}: is the host right? "${asked.place}.hostname" sets the name that is expected`;
}

function instant(now: number): string {
  return Number.isFinite(now) && Math.abs(now) < 8.64e15 ? new Date(now).toISOString() : 'no time';
}
