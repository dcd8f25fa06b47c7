/** Definitions as the run time gets them. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificateAuthority } from 'test-servers/certificates';
import type { DefinitionCase } from './definition-case.js';

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
  const values = {
    FILE: written('secret', 's'.repeat(64)),
    KEY_FILE: written('key', key),
    CA: ca,
    CERTIFICATE: cert,
    PRIVATE_KEY: key,
    ENVIRONMENT: 'e'.repeat(64),
    ABSENT: undefined,
    DEV: false,
  };
  return {
    definitions({ text }) {
      const code = `return (${text.replaceAll(' as const', '')}\n);`;
      return new Function(...Object.keys(values), code)(...Object.values(values));
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
