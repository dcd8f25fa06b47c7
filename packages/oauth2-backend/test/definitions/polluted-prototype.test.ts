/** What somebody puts on `Object.prototype` is no part of a configuration. */

import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import type { Resolved } from '../../src/definitions/resolved.js';
import { outcomeOf } from './outcome.js';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
const token_endpoint = 'https://as.example.com/token';
const client = { client_id: 'shop', client_secret: 's' };
const profile = { signature_algorithm: 'EdDSA', key: { ...key }, ttl: '1m' };

const definitions = {
  plain: { origin: 'https://a', tls: {} },
  machine: { origin: 'https://a', oauth2: { grant_type: 'client_credentials', token_endpoint, ...client } },
  signed: {
    origin: 'https://a',
    oauth2: {
      grant_type: 'client_credentials',
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint,
      client_id: 'shop',
      jwt_signing_profile: { ...profile, claims: { aud: 'x' } },
      step_up: { claims: true },
    },
  },
  user: {
    origin: 'https://a',
    oauth2: { grant_type: 'password', token_endpoint, ...client, username: 'u', password: 'p', backend: {} },
  },
  anonymous: { origin: 'https://a', oauth2: { grant_type: JWT_BEARER, token_endpoint, jwt_signing_profile: profile } },
  exchange: { origin: 'https://a', oauth2: { grant_type: TOKEN_EXCHANGE, token_endpoint, ...client } },
  given: {
    origin: 'https://a',
    oauth2: new (class {
      token() {}
    })(),
  },
};

const sources = join(import.meta.dirname, '../../src/definitions');

/** Each name of a member that the code of definitions writes or reads. */
function names(): string[] {
  const found = new Set<string>();
  for (const file of readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  )) {
    const visit = (node: ts.Node): void => {
      const name =
        ts.isPropertySignature(node) || ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node)
          ? node.name
          : undefined;
      if (name && (ts.isIdentifier(name) || ts.isStringLiteral(name))) found.add(name.text);
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, readFileSync(join(sources, file), 'utf8'), ts.ScriptTarget.Latest));
  }
  return [...found].filter((name) => !(name in Object.prototype) && !NODES.has(name));
}

// Names that Node itself reads from whatever options and descriptors it is given.
const NODES = new Set([
  'encoding',
  'flag',
  'signal',
  'format',
  'type',
  'key',
  'passphrase',
  'writable',
  'enumerable',
  'configurable',
  'get',
  'set',
  'value',
]);

/** What it holds by itself. */
const own = (value: unknown) =>
  JSON.stringify(value, (_, member: unknown) => (typeof member === 'function' ? 'function' : member));

/** What it does not hold, read as the rest of the code reads it. */
function absent({ backends = [] }: Partial<Resolved> = {}): unknown[] {
  return backends.flatMap((backend) => {
    const { hostname, basicAuth, tokenField, proxy, computed, tls, oauth2 } = backend;
    const ofBackend = [hostname, basicAuth, tokenField, proxy, computed, tls.ca, tls.cert, tls.key];
    if (!oauth2) return ofBackend;
    const { bearerTokenTypes, issuer, scope, subject, exchange, signing, renewBefore } = oauth2;
    const ofExchange = exchange && [exchange.subjectToken, exchange.actor, exchange.requestedTokenType];
    const ofSigning = signing && [signing.keyPassphrase, signing.certificateFile];
    const milliseconds = 'milliseconds' in renewBefore;
    const all = [...ofBackend, bearerTokenTypes, issuer, scope, subject, ofExchange, ofSigning, milliseconds];
    return [...all, ...absent({ backends: [oauth2.tokenBackend] })];
  });
}

const NAMES = names();
const evil = ['https://evil.example.com', { url: 'https://evil.example.com' }, ['evil'], 7, true, () => 'evil'];

afterEach(() => {
  for (const name of NAMES) delete (Object.prototype as Record<string, unknown>)[name];
});

describe('resolveDefinitions(definitions) with a polluted Object.prototype', () => {
  it('knows many names', () => {
    expect(NAMES.length).toBeGreaterThan(150);
    for (const name of ['origin', 'client_secret', 'tokenField', 'default', 'file']) expect(NAMES).toContain(name);
  });

  it.each(NAMES)('means the same, before construction and after it: %s', (name) => {
    const { resolved, problems } = outcomeOf(definitions);
    expect(problems).toEqual([]);
    const before = [own(resolved), absent(resolved)];
    for (const value of evil) {
      Object.defineProperty(Object.prototype, name, { value, enumerable: true, configurable: true, writable: true });
      const later = outcomeOf(definitions);
      const now = [own(later.resolved), absent(later.resolved)];
      const then = [own(resolved), absent(resolved)];
      delete (Object.prototype as Record<string, unknown>)[name];
      expect(later.problems).toEqual([]);
      expect(now).toEqual(before);
      expect(then).toEqual(before);
    }
  });
});
