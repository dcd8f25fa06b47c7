import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EmptyProject, emptyProject } from './empty-project.js';
import { type PackedPackages, packageNames, packedPackages } from './packed-packages.js';

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, '../..');

const base = { module: 'nodenext', target: 'es2023', lib: ['es2023'], types: ['node'], noEmit: true, strict: true };
const strictest = {
  ...base,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
  isolatedModules: true,
};
const sets = { strict: base, strictest };
/** The flag forbids `import x = require()`, which CommonJS modules need under `verbatimModuleSyntax`. */
const commonjs = { erasableSyntaxOnly: false };
const untyped = ['@types/node', 'express', 'koa'];
const typed = [...untyped, '@types/express', '@types/koa'];

type Row = readonly [compiler: keyof typeof compilers, flags: 'strict' | 'strictest', skipLibCheck: boolean];

/** Describes that each project compiles, with each row of settings. */
export function compiles(rows: readonly Row[]): void {
  let packed: PackedPackages;

  beforeAll(async () => {
    packed = await packedPackages();
  }, 60_000);

  afterAll(() => packed.remove());

  describe.each([
    ['names from Register', 'registered', typed],
    ['no augmentation', 'unregistered', typed],
    ['CommonJS modules', 'commonjs', typed],
    ["none of the frameworks' types", 'untyped', untyped],
  ])('a TypeScript project with %s', (_what, fixture, others) => {
    let project: EmptyProject;

    beforeAll(async () => {
      const options = { fixture: join(import.meta.dirname, 'fixtures', fixture), installs: packageNames, others };
      project = await emptyProject(packed, options);
    }, 30_000);

    afterAll(() => project.remove());

    it.each(rows.filter(([compiler]) => compiler !== '6' || fixture === 'registered'))(
      'compiles with TypeScript %s: %s, skipLibCheck %s',
      async (compiler, flags, skipLibCheck) => {
        const settings = { ...sets[flags], ...(fixture === 'commonjs' ? commonjs : {}), skipLibCheck };
        expect(await compile(project.directory, settings, compiler)).toBe('');
      },
      60_000,
    );
  });
}

/** Describes what `module` a project of CommonJS modules needs. */
export function needsModule(): void {
  let packed: PackedPackages;
  let project: EmptyProject;

  beforeAll(async () => {
    packed = await packedPackages();
    const fixture = join(import.meta.dirname, 'fixtures/commonjs');
    project = await emptyProject(packed, { fixture, installs: packageNames, others: typed });
  }, 90_000);
  afterAll(async () => {
    await project.remove();
    await packed.remove();
  });

  describe('a TypeScript project with CommonJS modules and module', () => {
    it.each([
      ['nodenext', /^$/],
      ['node20', /^$/],
      ['node18', /TS14(?:71|79)/],
      ['node16', /TS14(?:71|79)/],
    ])(
      '%s: the compiler says %s',
      async (module, said) => {
        const settings = { ...base, ...commonjs, module, skipLibCheck: true };
        for (const compiler of ['6', '7'] as const)
          expect(await compile(project.directory, settings, compiler)).toMatch(said);
      },
      60_000,
    );
  });
}

const compilers = {
  '7': 'node_modules/@typescript/native/bin/tsc',
  '6': 'node_modules/typescript/bin/tsc6',
};

/** What the compiler says; nothing when all is well. */
async function compile(project: string, compilerOptions: object, compiler: keyof typeof compilers): Promise<string> {
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts', '*.cts'] }));
  const args = [join(repository, compilers[compiler]), '-p', project, '--pretty', 'false'];
  return run(process.execPath, args).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
}
