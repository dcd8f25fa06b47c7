/** What a compiler says of definitions, each given to what takes them. */

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { DefinitionCase } from './definition-case.js';
import { jsonFile } from './evaluated-definitions.js';

const run = promisify(execFile);
const modules = resolve(import.meta.dirname, '../../node_modules');

export const compilers = {
  '5.7': 'typescript-5.7/bin/tsc',
  '5.9': 'typescript-5.9/bin/tsc',
  '6': 'typescript/bin/tsc6',
  '7': '@typescript/native/bin/tsc',
} as const;

export const flagSets = {
  loose: { strict: false },
  strict: { strict: true },
  strictest: {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
  },
} as const;

/** What takes definitions, as it is imported. */
export const takers = {
  createBackends: "import { createBackends as take } from 'oauth2-backend';",
  'backends of Express': "import { backends as take } from 'express-oauth2-backend';",
  'backends of Koa': "import { backends as take } from 'koa-oauth2-backend';",
} as const;

export interface Complaint {
  /** Counted from the first line of a definition's text, which is 1. */
  readonly line: number;
  readonly message: string;
}

const PRELUDE = `import type { BackendDefinition, JwtSigningProfile, OAuth2Definition } from 'oauth2-backend';
import JSON_FILE from './backends.json' with { type: 'json' };
declare const FILE: string, KEY_FILE: string, CA: string, CERTIFICATE: string, PRIVATE_KEY: string;
declare const ENVIRONMENT: string | undefined, ABSENT: string | undefined, DEV: boolean;
declare const BACKEND: BackendDefinition, OAUTH2: OAuth2Definition, PROFILE: JwtSigningProfile;
`;

/** Gives, for each case, what the compiler says of it; all are compiled at once. */
export async function compiled(
  cases: readonly DefinitionCase[],
  compiler: keyof typeof compilers,
  flags: keyof typeof flagSets,
  taker: keyof typeof takers,
): Promise<readonly (readonly Complaint[])[]> {
  const folder = mkdtempSync(join(tmpdir(), 'definitions-'));
  try {
    const starts = writeProject(folder, cases, flags, taker);
    const args = [join(modules, compilers[compiler]), '-p', folder, '--pretty', 'false'];
    const said = await run(process.execPath, args, { maxBuffer: 2 ** 26 }).then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => error.stdout,
    );
    return complaintsIn(said, starts);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Gives the line at which each case starts. */
function writeProject(
  folder: string,
  cases: readonly DefinitionCase[],
  flags: keyof typeof flagSets,
  taker: keyof typeof takers,
): number[] {
  const starts: number[] = [];
  let text = `${takers[taker]}\n${PRELUDE}`;
  for (const each of cases) {
    text += 'take(\n';
    starts.push(text.split('\n').length);
    text += `${each.text}\n);\n`;
  }
  const options = {
    module: 'nodenext',
    target: 'es2023',
    types: ['node'],
    resolveJsonModule: true,
    skipLibCheck: true,
    noEmit: true,
  };
  const project = { compilerOptions: { ...options, ...flagSets[flags] }, include: ['*.ts'] };
  symlinkSync(modules, join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'definitions.ts'), text);
  writeFileSync(join(folder, 'backends.json'), JSON.stringify(jsonFile));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
  return starts;
}

function complaintsIn(said: string, starts: readonly number[]): Complaint[][] {
  const complaints: Complaint[][] = starts.map(() => []);
  let rest = said;
  for (const [all, line = '', message = ''] of said.matchAll(
    /^[^\s(]*definitions\.ts\((\d+),\d+\): error TS\d+: (.*(?:\n .*)*)\n?/gm,
  )) {
    const index = starts.findLastIndex((start) => start <= Number(line));
    complaints[index]?.push({ line: Number(line) - (starts[index] ?? 0) + 1, message });
    rest = rest.replace(all, '');
  }
  if (rest.trim() !== '') throw new Error(rest);
  return complaints;
}
