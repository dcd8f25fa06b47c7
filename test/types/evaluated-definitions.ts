/** Definitions as the run time gets them. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { certificateAuthority } from 'test-servers/certificates';
import type { DefinitionCase } from './definition-case.js';

/** As an `import … with { type: 'json' }` types it: wide strings, nothing that is constant. */
export const jsonFile = {
  $schema: './node_modules/oauth2-backend/schema.json',
  billing: {
    origin: 'https://billing.example.com',
    abort_on_disconnect: 'safe',
    oauth2: {
      grant_type: 'client_credentials',
      token_endpoint: 'https://as.example.com/token',
      token_endpoint_auth_method: 'client_secret_jwt',
      client_id: 'shop',
      client_secret: 's'.repeat(64),
      refused_statuses: [401, 403],
      basic_encoding: 'form',
      jwt_signing_profile: { signature_algorithm: 'HS256', ttl: '1m', headers: { kid: 'k' } },
      backend: { timeout: '5s' },
    },
  },
};

/** What stands for the names in capitals. */
export interface Surroundings {
  /** Runs the text of a case. */
  definitions(each: DefinitionCase): unknown;
  remove(): void;
}

export function surroundings(): Surroundings {
  const folder = mkdtempSync(join(tmpdir(), 'evaluated-'));
  const written = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const { ca, client } = certificateAuthority();
  const { cert, key } = client('shop');
  const keyFile = written('key', key);
  const values = {
    FILE: written('secret', 's'.repeat(64)),
    KEY_FILE: keyFile,
    CA: ca,
    CERTIFICATE: cert,
    PRIVATE_KEY: key,
    ENVIRONMENT: 'e'.repeat(64),
    ABSENT: undefined,
    DEV: false,
    JSON_FILE: jsonFile,
    BACKEND: { origin: 'https://a' },
    OAUTH2: jsonFile.billing.oauth2,
    PROFILE: { signature_algorithm: 'RS256', key_file: keyFile, ttl: '1m' },
  };
  return {
    definitions({ text }) {
      const code = `({ ${Object.keys(values).join(', ')} }) => (${text.replaceAll(' as const', '')})`;
      const give = runInThisContext(code) as (names: typeof values) => unknown;
      return give(values);
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
