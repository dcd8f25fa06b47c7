import { createServer } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { certificateAuthority } from 'test-servers/certificates';
import { type Listening, listen } from 'test-servers/listen';
import { type ProxyServer, proxyServer } from 'test-servers/proxy-server';
import { reportOf } from './run-check.js';

const authority = certificateAuthority('Somebody CA');
const secured: Listening[] = [];
let proxy: ProxyServer;
beforeAll(async () => {
  proxy = await proxyServer();
});
afterAll(() => Promise.all([proxy, ...secured].map((server) => server.close())));

/** A server over TLS that gives tokens. */
async function securedServer(certified: { cert: string; key: string }): Promise<string> {
  const server = await listen(
    createServer(certified, (_, response) => response.end('{"access_token":"a-token","expires_in":60}')),
  );
  secured.push(server);
  return server.origin;
}

function billing(oauth2: object): object {
  const block = {
    grant_type: 'client_credentials',
    client_id: 'shop',
    client_secret: 'a secret of the shop',
    ...oauth2,
  };
  return { billing: { origin: 'http://127.0.0.1:9', oauth2: block } };
}

describe('oauth2-backend check', () => {
  it('TLS: an authority that is not trusted, which one, and where to name it', async () => {
    const origin = await securedServer(authority.server());
    const { code, first } = await reportOf(billing({ token_endpoint: `${origin}/token` }));
    expect(code).toBe(1);
    expect(first.steps.find(({ step }) => step === 'tls')).toMatchObject({
      ok: false,
      serverName: 'localhost',
      certificates: [
        {
          subject: 'CN=localhost',
          issuer: 'CN=Somebody CA',
          names: expect.arrayContaining(['localhost', '127.0.0.1']),
          problem: 'its issuer, CN=Somebody CA, is not among the trusted authorities',
        },
      ],
    });
    expect(first.hints.join()).toContain('the authority is CN=Somebody CA');
    expect(first.reason).toContain('billing.oauth2.backend.tls.server_ca_certificate_file');
  });

  it('TLS: with the authority named there is a token', async () => {
    const origin = await securedServer(authority.server());
    const backend = { tls: { server_ca_certificate: authority.ca } };
    const { code, first } = await reportOf(billing({ token_endpoint: `${origin}/token`, backend }));
    expect(code).toBe(0);
    expect(first.steps.find(({ step }) => step === 'tls')).toMatchObject({
      ok: true,
      protocol: 'TLSv1.3',
      checked: true,
      certificates: [{ subject: 'CN=localhost' }, { subject: 'CN=Somebody CA' }],
    });
  });

  it('TLS: a certificate that has expired', async () => {
    const origin = await securedServer(authority.expired());
    const backend = { tls: { server_ca_certificate: authority.ca } };
    const { code, first } = await reportOf(billing({ token_endpoint: `${origin}/token`, backend }));
    expect(code).toBe(1);
    expect(first.steps.find(({ step }) => step === 'tls')).toMatchObject({
      error: { code: 'CERT_HAS_EXPIRED' },
      certificates: [{ subject: 'CN=localhost', problem: 'it has expired' }, { subject: 'CN=Somebody CA' }],
    });
  });

  it('TLS: a certificate for another host', async () => {
    const origin = await securedServer(authority.server('as.example.com'));
    const backend = { tls: { server_ca_certificate: authority.ca } };
    const { code, first } = await reportOf(billing({ token_endpoint: `${origin}/token`, backend }));
    expect(code).toBe(1);
    expect(first.reason).toContain('as.example.com');
    expect(first.steps.find(({ step }) => step === 'tls')).toMatchObject({
      certificates: [{ names: ['as.example.com'], problem: 'it is not for this host' }, {}],
    });
  });

  it('a proxy in the way that opens TLS', async () => {
    const origin = await securedServer(authority.server());
    const { code, first } = await reportOf(
      billing({ token_endpoint: `${origin}/token`, backend: { proxy: proxy.url } }),
    );
    expect(code).toBe(1);
    expect(first.steps.map(({ step, ok }) => `${step} ${ok}`).slice(0, 3)).toEqual([
      'connect true',
      'tunnel true',
      'tls false',
    ]);
    expect(first.hints.join()).toMatch(/Somebody CA.*a proxy in the way that reads TLS/);
  });
});
