import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { backendAttributes } from '../../packages/oauth2-backend/src/definitions/attributes/backend.js';
import { oauth2Attributes } from '../../packages/oauth2-backend/src/definitions/attributes/oauth2.js';
import { stepUpAttributes } from '../../packages/oauth2-backend/src/definitions/attributes/refusals.js';
import { signingAttributes } from '../../packages/oauth2-backend/src/definitions/attributes/signing.js';
import { tlsAttributes } from '../../packages/oauth2-backend/src/definitions/attributes/tls.js';
import type { Attributes } from '../../packages/oauth2-backend/src/definitions/schema/attribute.js';
import { withTables } from './attribute-table.js';
import { attributeTexts } from './attribute-texts.js';

const root = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);
const own = attributeTexts('definition.ts', 'BackendDefinition');
const tables = {
  backend: own.toSpliced(1, 0, ...attributeTexts('connection-definition.ts', 'ConnectionDefinition')),
  oauth2: attributeTexts('oauth2-definition.ts', 'OAuth2Definition'),
  step_up: attributeTexts('oauth2-definition.ts', 'StepUpDefinition'),
  jwt_signing_profile: attributeTexts('jwt-signing-profile.ts', 'JwtSigningProfile'),
  tls: attributeTexts('tls-definition.ts', 'TlsDefinition'),
};
const read: Readonly<Record<keyof typeof tables, Attributes>> = {
  backend: backendAttributes,
  oauth2: oauth2Attributes,
  step_up: stepUpAttributes,
  jwt_signing_profile: signingAttributes,
  tls: tlsAttributes,
};
const STRICT = [
  'strict',
  'exactOptionalPropertyTypes',
  'noUncheckedIndexedAccess',
  'noPropertyAccessFromIndexSignature',
  'verbatimModuleSyntax',
  'erasableSyntaxOnly',
  'isolatedModules',
];

describe('README.md', () => {
  it('has the attribute tables that editors show on hover', async () => {
    const path = join(root, 'README.md');
    const text = await readFile(path, 'utf8');
    const wanted = withTables(text, tables);
    if (process.env['UPDATE_README'] === '1') await writeFile(path, wanted);
    else expect(text).toBe(wanted);
  });

  it.each(Object.keys(tables) as (keyof typeof tables)[])('says of "%s" what validation does', (block) => {
    const said = tables[block].map(({ name, required, preset }) => [name, { required, preset }]);
    const done = Object.entries(read[block]).map(([name, { required, default: preset }]) => [
      name,
      { required: required !== undefined, preset: JSON.stringify(preset) },
    ]);
    expect(said).toEqual(done);
    const shown = tables[block].map(({ type, meaning }) => ({ type, meaning }));
    expect(JSON.stringify(shown)).not.toContain('|');
  });

  it.each([
    ['loose', 'js', []],
    ['loose', 'ts', []],
    ['strict', 'ts', STRICT],
  ] as const)(
    'has code that compiles: %s %s',
    async (_flags, language, flags) => {
      const blocks = await codeBlocks(language);
      expect(blocks.length).toBeGreaterThan(1);
      const folder = await mkdtemp(join(tmpdir(), 'readme-'));
      try {
        await writeProject(folder, language, blocks, flags);
        await expect(compile(folder)).resolves.toBe('');
      } finally {
        await rm(folder, { recursive: true });
      }
    },
    60_000,
  );
});

async function codeBlocks(language: string): Promise<string[]> {
  const text = await readFile(join(root, 'README.md'), 'utf8');
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, is, code]) =>
    is === language && code !== undefined ? [code] : [],
  );
}

/** Each block is a module in a folder of its own, so that the augmentation of one does not reach the others. */
async function writeProject(
  folder: string,
  language: string,
  blocks: string[],
  flags: readonly string[],
): Promise<void> {
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  const options = { module: 'nodenext', target: 'es2023', types: ['node'], skipLibCheck: true, noEmit: true };
  const js = language === 'js' ? { allowJs: true, checkJs: true, strict: false, noImplicitAny: false } : {};
  const compilerOptions = { ...options, ...js, ...Object.fromEntries(flags.map((flag) => [flag, true])) };
  for (const [index, block] of blocks.entries()) {
    const project = join(folder, String(index));
    await mkdir(project);
    await writeFile(join(project, `main.${language}`), `${block}\nexport {};\n`);
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['.'] }));
  }
}

/** What the compiler says; nothing when all is well. */
async function compile(folder: string): Promise<string> {
  const projects = (await readdir(folder)).filter((name) => /^\d+$/.test(name));
  const tsc = join(root, 'node_modules/@typescript/native/bin/tsc');
  const said = await Promise.all(
    projects.map((project) =>
      run(process.execPath, [tsc, '-p', join(folder, project), '--pretty', 'false']).then(
        ({ stdout }) => stdout,
        (error: { stdout: string }) => error.stdout,
      ),
    ),
  );
  return said.join('').replaceAll(folder, '');
}
