import { describe, expect, it } from '@jest/globals';
import { TokenRequestError, TokenTimeoutError } from 'oauth2-backend';
import type { PostProgress } from '../../src/token-request/post.js';
import type { Asked } from '../../src/token-request/reasons/asked.js';
import { tokenEndpoint } from '../../src/token-request/token-endpoint.js';
import { manualClock } from '../sources/manual-clock.js';

type Stage = ReturnType<PostProgress['stage']>;

/** What asking gives when the connection failed with this, at that stage. */
async function failure(thrown: unknown, stage: Stage = 'connection', asked: Partial<Asked> = {}): Promise<Error> {
  const endpoint = tokenEndpoint({
    backend: 'billing',
    openPost: async () => (_, progress) => {
      progress.stage = () => stage;
      return Promise.reject(thrown);
    },
    clientAuth: async () => {},
    params: {},
    asked: { url: 'https://as.example/token?key=hidden', clientId: 'shop', place: 'billing.oauth2.backend', ...asked },
    defaultTtl: 1000,
    explicitTtl: false,
    warn: () => {},
    clock: manualClock(),
  });
  return endpoint
    .ask(async () => {}, {})
    .then(
      () => Promise.reject(new Error('a token came')),
      (error) => error,
    );
}

const head = 'as.example:443 could not be reached for client "shop": ';
const proxy = { host: 'proxy.example:3128', credentials: false };
const failed = (code: string, members = {}) => Object.assign(new Error('of the network'), { code, ...members });

describe('tokenEndpoint(options).ask() when the connection is too slow', () => {
  it.each([
    [{ name: 'TimeoutError' }],
    [{ name: 'HeadersTimeoutError', code: 'UND_ERR_HEADERS_TIMEOUT' }],
    [{ name: 'Error', code: 'ETIMEDOUT' }],
  ])('calls %j a timeout', async (thrown) => {
    const error = await failure(thrown, 'answer');
    expect(error).toBeInstanceOf(TokenTimeoutError);
    expect(error).toMatchObject({
      message: 'as.example:443 gave client "shop" no token in time: the request was sent, and no answer came',
      cause: thrown,
    });
  });

  it.each<[Stage, Partial<Asked>, string]>([
    [
      'look-up',
      {},
      'the DNS look-up for as.example:443 did not end: does this machine, or container, reach a DNS server?',
    ],
    [
      'connection',
      {},
      'the TCP connection to as.example:443 did not come about: is a firewall in the way, or a proxy needed ("billing.oauth2.backend.proxy")?',
    ],
    ['handshake', {}, 'the TLS handshake with as.example:443 did not end: is it http://?'],
    ['body', {}, "the answer's body did not end"],
    ['token', {}, 'the token backend\'s own token ("billing.oauth2.backend.oauth2") was not there'],
    [
      'proxy',
      { proxy },
      'the connection to the proxy proxy.example:3128 did not come about: is "billing.oauth2.backend.proxy" right?',
    ],
    ['tunnel', { proxy }, 'the proxy proxy.example:3128 did not answer CONNECT as.example:443'],
    [
      'connection',
      { proxy, url: 'http://as.example/token' },
      'the connection to the proxy proxy.example:3128 did not come about: is "billing.oauth2.backend.proxy" right?',
    ],
    ['handshake', { proxy }, 'the TLS handshake with as.example:443 did not end: is it http://?'],
  ])('says how far it was: %s, %j', async (stage, asked, reason) => {
    const { message } = await failure(failed('ETIMEDOUT'), stage, asked);
    expect(message.endsWith(` no token in time: ${reason}`)).toBe(true);
  });
});

describe('tokenEndpoint(options).ask() when the connection fails', () => {
  const right = 'is "token_endpoint" right?';
  const own = '"billing.oauth2.backend.tls.client_certificate_file"';
  const ca = '"billing.oauth2.backend.tls.server_ca_certificate_file"';

  it.each<[string, Stage, Partial<Asked>, string]>([
    ['ENOTFOUND', 'look-up', {}, `there is no such host name: ${right}`],
    ['ENOTFOUND', 'proxy', { proxy }, 'there is no such host name: is "billing.oauth2.backend.proxy" right?'],
    ['EAI_AGAIN', 'look-up', {}, 'no DNS server answered: does this machine, or container, reach one?'],
    [
      'ECONNREFUSED',
      'connection',
      {},
      'nothing listens there: is the server up, and is the port of "token_endpoint" right?',
    ],
    [
      'ECONNREFUSED',
      'connection',
      { proxy, url: 'http://as.example/token' },
      'nothing listens there: is the proxy proxy.example:3128 up, and is the port of "billing.oauth2.backend.proxy" right?',
    ],
    [
      'EHOSTUNREACH',
      'connection',
      {},
      'this machine has no way there: is a VPN off, or a proxy needed ("billing.oauth2.backend.proxy")?',
    ],
    [
      'ECONNRESET',
      'handshake',
      {},
      'it broke the TLS handshake off: does it take TLS on that port, and from this machine?',
    ],
    [
      'ECONNRESET',
      'tunnel',
      { proxy },
      'the proxy proxy.example:3128 closed the connection: is "billing.oauth2.backend.proxy" right?',
    ],
    [
      'UND_ERR_SOCKET',
      'answer',
      {},
      `it closed the connection without an answer: does it want a client certificate (${own})?`,
    ],
    [
      'UND_ERR_SOCKET',
      'answer',
      { clientCertificate: true },
      `it closed the connection without an answer: does it take our client certificate (${own})?`,
    ],
    [
      'UND_ERR_SOCKET',
      'answer',
      { url: 'http://as.example/token' },
      'it closed the connection without an answer: is it https://?',
    ],
    ['UND_ERR_SOCKET', 'body', {}, 'it closed the connection in the middle of its answer'],
    ['HPE_INVALID_CONSTANT', 'answer', {}, 'what it answers is no HTTP'],
    ['EMFILE', 'connection', {}, 'this process has too many files and sockets open'],
    ['ERR_ACCESS_DENIED', 'connection', {}, 'this machine does not let the process connect there'],
    [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'handshake',
      {},
      `the certificate of as.example:443 is from an authority that is not trusted: ${ca}`,
    ],
    [
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'handshake',
      { proxy },
      `the certificate of as.example:443 is from an authority that is not trusted: ${ca}, perhaps with the authority of the proxy proxy.example:3128`,
    ],
    [
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'handshake',
      {},
      `the certificate of as.example:443 is from an authority that is not trusted, or is sent without those between: ${ca}`,
    ],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'handshake', {}, `the certificate of as.example:443 is signed by itself: ${ca}`],
    ['CERT_REVOKED', 'handshake', {}, 'the certificate of as.example:443 was revoked'],
    ['ERR_SSL_DH_KEY_TOO_SMALL', 'handshake', {}, 'it offers a key exchange (Diffie-Hellman) that is too weak'],
    ['EE_KEY_TOO_SMALL', 'handshake', {}, 'the certificate of as.example:443 has a key or signature that is too weak'],
    ['CERT_SIGNATURE_FAILURE', 'handshake', {}, 'the certificate of as.example:443 cannot be verified'],
    ['INVALID_PURPOSE', 'handshake', {}, 'the certificate of as.example:443 is not one for servers'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'handshake', {}, 'there is no TLS on that port: is it http://?'],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'handshake', {}, 'there is no TLS on that port: is it http://?'],
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'handshake', {}, `it wants a client certificate: ${own}`],
    ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'answer', {}, `it wants a client certificate: ${own}`],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'answer', {}, `it wants a client certificate: ${own}`],
    [
      'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
      'answer',
      { clientCertificate: true },
      `it does not take our client certificate: ${own}`,
    ],
    [
      'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
      'handshake',
      {},
      `it takes none of the ciphers offered, or wants a client certificate (${own})`,
    ],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'handshake', {}, 'it speaks another version of TLS than this Node takes'],
    [
      'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
      'handshake',
      {},
      'it does not know the host name it was asked for: "billing.oauth2.backend.hostname" sets another',
    ],
    ['ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', 'handshake', {}, 'it broke the TLS handshake off'],
  ])('%s at the stage %s, %j', async (code, stage, asked, reason) => {
    const { message } = await failure(failed(code), stage, asked);
    expect(
      message.endsWith(
        ` for client "shop"${asked.proxy ? ' through the proxy proxy.example:3128' : ''}: ${code}: ${reason}`,
      ),
    ).toBe(true);
  });

  it.each([
    [407, false, 'the proxy proxy.example:3128 wants user and password in "billing.oauth2.backend.proxy" (407)'],
    [407, true, 'the proxy proxy.example:3128 does not take user and password of "billing.oauth2.backend.proxy" (407)'],
    [
      403,
      false,
      'the proxy proxy.example:3128 does not let anybody through to as.example:443 (403): its rules, or an entry in NO_PROXY',
    ],
    [502, false, 'the proxy proxy.example:3128 has no way to as.example:443 (502)'],
    [200, false, 'the proxy proxy.example:3128 answered CONNECT as.example:443 with 200: is it an HTTP proxy?'],
  ])('a proxy that answers CONNECT with %d, credentials %s', async (proxyStatus, credentials, reason) => {
    const { message } = await failure(failed('ERR_PROXY_CONNECT', { proxyStatus }), 'tunnel', {
      proxy: { ...proxy, credentials },
    });
    expect(message.endsWith(`: ERR_PROXY_CONNECT: ${reason}`)).toBe(true);
  });

  it('shows the names of a certificate without control characters, and cut', async () => {
    const cert = { subjectaltname: `DNS:a.example,\u0000\r\nDNS:${'b'.repeat(300)}` };
    const { message } = await failure(failed('ERR_TLS_CERT_ALTNAME_INVALID', { cert }), 'handshake');
    expect(message).toMatch(/is for other names \(DNS:a\.example, DNS:b{120,134}…\): is the host right\? /);
    const { message: unnamed } = await failure(failed('ERR_TLS_CERT_ALTNAME_INVALID'), 'handshake');
    expect(unnamed).toContain('is for other names: is the host right?');
  });

  it.each<[unknown, string]>([
    [{ code: 'ECONNODD', message: 'connect' }, 'ECONNODD'],
    [{ code: '', message: 'other side\r\nclosed' }, 'other side closed'],
    [{ code: 7, message: 'odd' }, 'odd'],
    [{ code: 'no code', message: 'odd' }, 'odd'],
    [{ name: 'Error', message: '' }, 'unknown reason'],
    [{ message: 'no path /token?key=hidden' }, '[left out: it repeats a credential]'],
    ['a text', 'unknown reason'],
    [null, 'unknown reason'],
  ])('names the reason of %j: its code, else its message', async (thrown, reason) => {
    const error = await failure(thrown);
    expect(error).toBeInstanceOf(TokenRequestError);
    expect(error.message).toBe(head + reason);
  });

  it('gives the error of the network as the cause', async () => {
    const thrown = { code: 'HPE_INVALID_CONSTANT' };
    expect((await failure(thrown)).cause).toBe(thrown);
  });
});
