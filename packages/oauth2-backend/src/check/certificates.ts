/** What the certificates of a TLS connection say, and which of them is why the connection is not trusted. */

import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { Mask } from './mask.js';
import type { CertificateFacts } from './report.js';

const LONGEST_CHAIN = 10;
const MOST_NAMES = 20;

/** The chain as it was sent and completed, the server's own first. @param code why it is not trusted, if it is not */
export function certificatesOf(socket: TLSSocket, code: string | undefined, mask: Mask): CertificateFacts[] {
  const chain = chainOf(socket.getPeerCertificate(true));
  const guilty = code === undefined ? -1 : guiltyOf(code, chain.length);
  return chain.map((certificate, index) => {
    const problem =
      datesProblem(certificate) ?? (index === guilty ? problemOf(code ?? '', certificate, mask) : undefined);
    return {
      subject: nameOf(certificate.subject, mask),
      issuer: nameOf(certificate.issuer, mask),
      names: namesOf(certificate, mask),
      validFrom: isoDate(certificate.valid_from, mask),
      validTo: isoDate(certificate.valid_to, mask),
      ...(problem !== undefined && { problem }),
    };
  });
}

function chainOf(first: DetailedPeerCertificate): DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  // A root is its own issuer; without a certificate the object is empty.
  for (let next: DetailedPeerCertificate | undefined = first; next?.raw; next = next.issuerCertificate) {
    if (chain.length === LONGEST_CHAIN || chain.some(({ raw }) => next?.raw.equals(raw))) break;
    chain.push(next);
  }
  return chain;
}

/** `CN=as.example.com, O=Example`: as X.509 has it, the common name first. */
function nameOf(parts: object | undefined, mask: Mask): string {
  const all = Object.entries(parts ?? {}).flatMap(([key, value]) =>
    [value].flat().map((each) => `${key}=${String(each)}`),
  );
  const [common, others] = [
    all.filter((each) => each.startsWith('CN=')),
    all.filter((each) => !each.startsWith('CN=')),
  ];
  return mask.text([...common, ...others].join(', ')) || 'without a name';
}

function namesOf({ subjectaltname = '' }: DetailedPeerCertificate, mask: Mask): string[] {
  const names = subjectaltname.split(/,\s*/).map((each) => each.replace(/^(?:DNS|IP Address):/, ''));
  return names
    .filter((each) => each !== '')
    .slice(0, MOST_NAMES)
    .map((each) => mask.text(each, 255));
}

/** By the place in the chain; -1 for what is no certificate's fault. */
function guiltyOf(code: string, length: number): number {
  if (/ALTNAME|DEPTH_ZERO|LEAF|HOSTNAME/.test(code)) return 0;
  return /SELF_SIGNED|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY|UNTRUSTED|REVOKED|PURPOSE|SIGNATURE/.test(code)
    ? length - 1
    : -1;
}

function problemOf(code: string, { issuer }: DetailedPeerCertificate, mask: Mask): string {
  if (/ALTNAME|HOSTNAME/.test(code)) return 'it is not for this host';
  if (/SELF_SIGNED/.test(code)) return 'it has signed itself, and is not among the trusted authorities';
  if (/UNABLE_TO/.test(code)) return `its issuer, ${nameOf(issuer, mask)}, is not among the trusted authorities`;
  return `it is not trusted (${code})`;
}

/** Certificates hold dates that are none. */
function isoDate(text: string, mask: Mask): string {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? mask.text(text, 100) : date.toISOString();
}

function datesProblem({ valid_from, valid_to }: DetailedPeerCertificate): string | undefined {
  const now = Date.now();
  if (Date.parse(valid_to) < now) return 'it has expired';
  return Date.parse(valid_from) > now ? 'it is not valid yet' : undefined;
}
