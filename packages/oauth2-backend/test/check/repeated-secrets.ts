/** Definitions that hold every kind of secret, and what servers repeat of them. */
import { expect } from '@jest/globals';
import type { Answer, RecordedRequest } from 'test-servers/recording-server';
import type { TokenServer } from 'test-servers/token-server';
import { canaries, leaks } from '../../../../test/security/canaries.js';
import { CLIENT_AUTH_METHODS, CLIENT_AUTH_NAMES } from '../../src/definitions/client-auth-methods.js';
import { keyPair, pemOf } from '../definitions/signing-keys.js';
import { check } from './run-check.js';

const pem = pemOf(keyPair('ES256').privateKey);

/** Everything there can be a secret in. */
export function secretDefinitions(
  { tokens, api }: { tokens: TokenServer; api: { readonly origin: string } },
  oauth2: object = {},
): object {
  const block = {
    grant_type: 'password',
    token_endpoint: `${tokens.url}?key=${canaries.endpoint_query}`,
    client_id: 'shop',
    client_secret: canaries.client_secret,
    username: 'ann',
    password: canaries.password,
    params: { vendor_key: canaries.param },
    backend: {
      basic_auth: undefined,
      set_request_headers: { 'x-key': canaries.header },
      add_query_params: { q: canaries.query },
    },
    ...oauth2,
  };
  return {
    billing: { origin: api.origin, set_request_headers: { 'x-api-key': canaries.api_header }, oauth2: block },
    gate: { origin: api.origin, basic_auth: canaries.basic_auth },
  };
}

/** What each client authentication takes. */
export const methods = CLIENT_AUTH_NAMES.map((method) => {
  const { secret, signsWith } = CLIENT_AUTH_METHODS[method];
  const profile = { signature_algorithm: secret ? 'HS256' : 'ES256', ttl: '1m', ...(secret ? {} : { key: pem }) };
  return [
    method,
    {
      token_endpoint_auth_method: method,
      client_secret: secret ? canaries.client_secret : undefined,
      jwt_signing_profile: signsWith ? profile : undefined,
    },
  ] as const;
});

/** Everything that came, in ways servers have of repeating it. */
const echoes: Record<string, (request: RecordedRequest | undefined) => Answer> = {
  'as description': (request) => refused({ error: 'invalid_client', error_description: textOf(request) }),
  'as error': (request) => refused({ error: textOf(request) }),
  'in a nested error': (request) => refused({ error: { message: textOf(request) }, message: textOf(request) }),
  'as members of its own': (request) => refused({ [textOf(request).slice(0, 80)]: 1, request: textOf(request) }),
  'in a header': (request) => ({ ...refused({ error: 'x' }), headers: { 'x-seen': printable(textOf(request)) } }),
  'as cookie and location': (request) => ({
    status: 302,
    headers: { 'set-cookie': printable(textOf(request)), location: `/x?y=${encodeURIComponent(textOf(request))}` },
  }),
  'in a page': (request) => ({ status: 500, body: `<html><body>${textOf(request)}</body></html>` }),
  'in plain text': (request) => ({ status: 500, body: textOf(request) }),
  decoded: (request) => refused({ error: 'x', error_description: decodeURIComponent(request?.body.toString() ?? '') }),
  'between colours': (request) => refused({ error: 'x', error_description: `\u001b[31m${textOf(request)}\u001b[0m` }),
};

export const refused = (body: object) => ({ status: 400, body });
const textOf = (request: RecordedRequest | undefined) =>
  `${request?.url} ${JSON.stringify(request?.headers)} ${request?.body.toString()}`;
const printable = (text: string) => text.replace(/[^\x20-\x7e]/g, '?');

/** Checks once for each way of repeating, by each of these options. */
export async function expectNothingRepeated(
  tokens: TokenServer,
  definitions: object,
  options: readonly (readonly string[])[],
): Promise<void> {
  await check(definitions);
  const [sent] = tokens.requests;
  expect(sent).toBeDefined();
  for (const [name, echo] of Object.entries(echoes)) {
    for (const args of options) {
      tokens.next(echo(sent));
      const { code, stdout, stderr } = await check(definitions, ...args);
      expect([name, code]).toEqual([name, 1]);
      expect(stdout).toContain('billing');
      expect([name, leaks(stdout + stderr)]).toEqual([name, []]);
    }
  }
}
