import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import { createServer as createRawServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { TokenRequestError, TokenTimeoutError } from 'oauth2-backend';
import { certificateAuthority, selfSigned } from 'test-servers/certificates';
import { listen } from 'test-servers/listen';
import { proxyServer } from 'test-servers/proxy-server';
import { billing } from '../billing.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const authority = certificateAuthority();
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const place = 'billing.oauth2.backend';

async function started(server: Server): Promise<string> {
  const { origin, close } = await listen(server);
  closing.push(close);
  return `${origin}/token?key=hidden`;
}

/** A server over TLS that gives a token. */
function secure(options: ServerOptions): Promise<string> {
  const server = createSecureServer(options, (_, response) => void response.end('{"access_token":"a"}'));
  server.on('tlsClientError', () => {});
  return started(server);
}

/** A server below HTTP. */
async function raw(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createRawServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    onConnection(socket);
  });
  const { origin, close } = await listen(server);
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await close();
  });
  return `${origin}/token?key=hidden`;
}

async function closedPort(): Promise<string> {
  const { origin, close } = await listen(createServer());
  await close();
  return origin;
}

/** What asking at this URL fails with; HOST stands for host and port in its message. */
async function failure(url: string, backend = {}): Promise<{ error: Error; message: string }> {
  const error = await billing(url, { backend }).failure();
  expect(error.message).not.toMatch(/hidden|s3cret|\n/);
  const { host } = new URL(url);
  return { error, message: error.message.replaceAll(host, 'HOST') };
}
const trusting = { tls: { server_ca_certificate: authority.ca } };

describe('a token endpoint that cannot be reached', () => {
  async function unreachable(url: string, backend = {}): Promise<string> {
    const { error, message } = await failure(url, backend);
    expect(error).toBeInstanceOf(TokenRequestError);
    expect(error).not.toHaveProperty('response');
    expect(error.cause).toHaveProperty('message');
    expect(message).toMatch(/^HOST could not be reached for client "shop"(?: through the proxy \S+)?: /);
    return message.replace(/^.*? for client "shop"/, '').replace(/^: /, '');
  }

  it('closed port', async () => {
    expect(await unreachable(await closedPort())).toBe(
      'ECONNREFUSED: nothing listens there: is the server up, and is the port of "token_endpoint" right?',
    );
  });

  it('http on a port for https', async () => {
    const url = (await secure(authority.server())).replace('https:', 'http:');
    expect(await unreachable(url)).toMatch(
      /^(?:UND_ERR_SOCKET|ECONNRESET): it closed the connection without an answer: is it https:\/\/\?$/,
    );
  });

  it('https on a port for http', async () => {
    const url = (await started(createServer())).replace('http:', 'https:').replace('127.0.0.1', 'localhost');
    expect(await unreachable(url)).toMatch(/^ERR_SSL_\w+: there is no TLS on that port: is it http:\/\/\?$/);
  });

  it('another protocol', async () => {
    const url = await raw((socket) => void socket.write('SSH-2.0-OpenSSH_9.6\r\n'));
    expect(await unreachable(url)).toMatch(/: what it answers is no HTTP: is it https:\/\/, or another port\?$/);
  });

  it('an answer that breaks off', async () => {
    const url = await raw((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{"access_token":"half"')),
    );
    expect(await unreachable(url)).toBe('UND_ERR_SOCKET: it closed the connection in the middle of its answer');
  });

  it('headers larger than allowed', async () => {
    const url = await started(createServer((_, response) => void response.setHeader('x', 'y'.repeat(9_000)).end()));
    expect(await unreachable(url, { max_response_header_size: 8_192 })).toBe(
      `UND_ERR_HEADERS_OVERFLOW: the headers of its answer are larger than "${place}.max_response_header_size"`,
    );
  });

  it.each([
    [
      'of an unknown authority',
      authority.server(),
      {},
      /^\w+: the certificate of HOST is from an authority that is not trusted.*: "billing\.oauth2\.backend\.tls\.server_ca_certificate_file"$/,
    ],
    [
      'signed by itself',
      selfSigned(),
      {},
      /^DEPTH_ZERO_SELF_SIGNED_CERT: the certificate of HOST is signed by itself: "billing\.oauth2\.backend\.tls\.server_ca_certificate_file"$/,
    ],
    [
      'that has expired',
      authority.expired(),
      trusting,
      /^CERT_HAS_EXPIRED: the certificate of HOST has expired; by our clock it is 20\d\d-.*Z$/,
    ],
    [
      'that is not valid yet',
      authority.notYetValid(),
      trusting,
      /^CERT_NOT_YET_VALID: the certificate of HOST is not valid yet; by our clock it is 20\d\d-.*Z$/,
    ],
    [
      'for other names',
      authority.server('as.example', '10.0.0.1'),
      trusting,
      /^ERR_TLS_CERT_ALTNAME_INVALID: the certificate of HOST is for other names \(DNS:as\.example, IP Address:10\.0\.0\.1\): is the host right\? "billing\.oauth2\.backend\.hostname" sets the name that is expected$/,
    ],
  ])('a certificate %s', async (_, certified, backend, message) => {
    expect(await unreachable(await secure(certified), backend)).toMatch(message);
  });

  it('names the backend that was named where its attribute mends it', async () => {
    const url = await secure(selfSigned());
    const { createBackends } = await import('oauth2-backend');
    const oauth2 = {
      grant_type: 'client_credentials',
      client_id: 'shop',
      client_secret: 's',
      token_endpoint: url,
      backend: 'idp',
    } as const;
    const backends = createBackends({
      idp: { origin: new URL(url).origin },
      billing: { origin: 'http://127.0.0.1:9', oauth2 },
    });
    await expect(backends.get('billing').token()).rejects.toThrow('"idp.tls.server_ca_certificate_file"');
  });

  // Node's own servers close a connection without an alert.
  (hasOpenssl ? it.each : it.skip.each)(['-tls1_2', '-tls1_3'])(
    'a client certificate that is wanted, or not taken, by OpenSSL with %s',
    async (version) => {
      const folder = mkdtempSync(join(tmpdir(), 'openssl-'));
      const file = (name: string, text: string) => {
        writeFileSync(join(folder, name), text);
        return join(folder, name);
      };
      const { cert, key } = authority.server();
      const identity = ['-cert', file('cert.pem', cert), '-key', file('key.pem', key)];
      const options = ['-accept', '127.0.0.1:0', '-Verify', '1', '-verify_return_error', '-www', version, ...identity];
      const server = spawn('openssl', ['s_server', ...options], { stdio: ['ignore', 'pipe', 'ignore'] });
      const ended = once(server, 'exit');
      closing.push(async () => {
        server.kill();
        await ended;
        rmSync(folder, { recursive: true });
      });
      let said = '';
      for await (const chunk of server.stdout) {
        said += String(chunk);
        if (/ACCEPT \S+:\d+/.test(said)) break;
      }
      const url = `https://localhost:${/ACCEPT \S+:(\d+)/.exec(said)?.[1]}/token`;
      expect(await unreachable(url, trusting)).toMatch(
        /^ERR_SSL_\S+: it (?:takes none of the ciphers offered, or )?wants a client certificate(?:: | \()"billing\.oauth2\.backend\.tls\.client_certificate_file"\)?$/,
      );
      const client = certificateAuthority('Other CA').client('shop');
      const tls = { ...trusting.tls, client_certificate: client.cert, client_private_key: client.key };
      expect(await unreachable(url, { tls })).toMatch(
        /^ERR_SSL_\w+: it does not take our client certificate: "billing\.oauth2\.backend\.tls\.client_certificate_file"$/,
      );
    },
  );

  describe('through a proxy', () => {
    it('that does not let it through', async () => {
      const proxy = await proxyServer();
      closing.push(proxy.close);
      const { host } = new URL(proxy.url);
      const url = await secure(authority.server());
      const said = (address: string) => unreachable(url, { ...trusting, proxy: address });
      const head = ` through the proxy ${host}: ERR_PROXY_CONNECT: the proxy ${host}`;
      proxy.credentials = 'user:right-password';
      expect(await said(proxy.url)).toBe(`${head} wants user and password in "${place}.proxy" (407)`);
      expect(await said(proxy.urlWith('user:wrong-password'))).toBe(
        `${head} does not take user and password of "${place}.proxy" (407)`,
      );
      proxy.credentials = undefined;
      proxy.refusal = 403;
      expect(await said(proxy.url)).toBe(
        `${head} does not let anybody through to HOST (403): its rules, or an entry in NO_PROXY`,
      );
      proxy.refusal = 503;
      expect(await said(proxy.url)).toBe(`${head} has no way to HOST (503)`);
      proxy.refusal = undefined;
      expect(await unreachable(url, { proxy: proxy.url })).toMatch(
        new RegExp(
          `: the certificate of HOST is from an authority that is not trusted.*, perhaps with the authority of the proxy ${host}$`,
        ),
      );
    });

    it.each(['http://as.localhost', 'https://as.example'])('that is down, for %s', async (origin) => {
      const proxy = await closedPort();
      const { host } = new URL(proxy);
      expect(await unreachable(`${origin}:8443/token`, { proxy })).toBe(
        ` through the proxy ${host}: ECONNREFUSED: nothing listens there: is the proxy ${host} up, and is the port of "${place}.proxy" right?`,
      );
    });
  });
});

describe('a token endpoint that takes too long', () => {
  async function late(url: string, backend = {}): Promise<string> {
    const { error, message } = await failure(url, { timeout: '150ms', ...backend });
    expect(error).toBeInstanceOf(TokenTimeoutError);
    return message;
  }
  const head = 'HOST gave client "shop" no token within 150 ms: ';

  it('for the TLS handshake', async () => {
    const url = (await raw(() => {})).replace('http:', 'https:');
    const reason = 'the TLS handshake with HOST did not end: is it http://?';
    expect(await late(url)).toBe(head + reason);
    expect(await late(url, { timeout: '5s', connect_timeout: '60ms' })).toBe(
      `HOST gave client "shop" no token in time: ${reason}`,
    );
  });

  it('for its answer', async () => {
    const url = await raw(() => {});
    const reason = 'the request was sent, and no answer came';
    expect(await late(url)).toBe(head + reason);
    expect(await late(url, { timeout: '5s', ttfb_timeout: '60ms' })).toBe(
      `HOST gave client "shop" no token in time: ${reason}`,
    );
  });

  it('for the end of its answer', async () => {
    const url = await raw((socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{'));
    expect(await late(url)).toBe(`${head}the answer's body did not end`);
  });

  it('with a proxy that does not answer', async () => {
    const proxy = await proxyServer();
    closing.push(proxy.close);
    proxy.stalled = true;
    const { host } = new URL(proxy.url);
    expect(await late('https://as.example:8443/token', { proxy: proxy.url })).toBe(
      `HOST gave client "shop" through the proxy ${host} no token within 150 ms: the proxy ${host} did not answer CONNECT HOST`,
    );
  });

  it('with a function for the secret that does not end', async () => {
    const url = await started(createServer());
    const { message } = await billing(url, {
      client_secret: () => new Promise(() => {}),
      backend: { timeout: '80ms' },
    }).failure();
    expect(message).toMatch(
      / no token within 80 ms: a function or file that gives a secret, key or assertion did not end$/,
    );
  });
});
