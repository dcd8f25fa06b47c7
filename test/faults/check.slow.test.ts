/** The program at each fault of the catalogue: it ends, in time, with a report that says so and no more than it may. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { reportOf } from '../../packages/oauth2-backend/test/check/run-check.js';
import type { Fault } from './catalogue/fault.js';
import { type FaultCertificates, type FaultServer, faultCertificates, faultServer } from './catalogue/fault-server.js';
import { faults } from './catalogue/faults.js';
import { under } from './deviations.js';

const TOKEN = 'a-token-that-shows-nowhere';
const SECRET = 'a-secret-of-the-shop';

let certificates: FaultCertificates;
let plain: FaultServer;
let secure: FaultServer;
beforeAll(async () => {
  certificates = faultCertificates();
  const answer = () => JSON.stringify({ access_token: TOKEN, token_type: 'Bearer', expires_in: 3600 });
  [plain, secure] = await Promise.all([faultServer({ answer }), faultServer({ answer, certificates })]);
}, 30_000);
afterAll(() => Promise.all([plain.close(), secure.close()]));

function billing({ tls }: Fault): object {
  const { origin } = tls ? secure : plain;
  const backend = {
    ...(tls && { tls: { server_ca_certificate: certificates.authority } }),
    connect_timeout: '500ms',
    timeout: '1s',
  };
  const oauth2 = { grant_type: 'client_credentials', token_endpoint: `${origin}/token`, client_id: 'shop', backend };
  return { billing: { origin: 'http://127.0.0.1:9', oauth2: { ...oauth2, client_secret: SECRET } } };
}

describe('oauth2-backend check at a server with', () => {
  it.each(
    Object.values(faults)
      .flat()
      .map((fault) => [fault.name, under('undici', fault)] as const),
  )(
    '%s',
    async (_, fault) => {
      const server = fault.tls ? secure : plain;
      await server.show(fault);
      const { code, first, ...report } = await reportOf(billing(fault));
      await server.show(undefined);
      expect([first.name, first.result, code]).toEqual(
        fault.outcome === 200 || fault.outcome === 201 ? ['billing', 'token', 0] : ['billing', 'failed', 1],
      );
      if (code === 1) expect(first.reason).toMatch(/127\.0\.0\.1|localhost|billing/);
      const printed = JSON.stringify(report);
      expect(printed).not.toContain(TOKEN);
      expect(printed).not.toContain(SECRET);
      expect(printed).not.toMatch(/\\u00[01]/);
    },
    10_000,
  );
});
