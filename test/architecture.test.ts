import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

/**
 * The layers of core, top first. A module may import from lower layers and from its own folder, nothing else.
 * What is not listed here is a leaf: everybody may import it, and it imports leaves only.
 */
const layers: readonly (readonly string[])[] = [
  ['index'],
  ['backends'],
  ['clients'],
  ['outbound'],
  ['bearer'],
  ['sharing'],
  ['sources'],
  ['token-request'],
];

const packagesFolder = join(import.meta.dirname, '../packages');
const packageNames = ['oauth2-backend', 'express-oauth2-backend', 'koa-oauth2-backend', 'oauth2-backend-redis'];
const coreFolder = join(packagesFolder, 'oauth2-backend/src');
const core = filesBelow(coreFolder).map((path) => ({
  path: relative(coreFolder, path),
  text: readFileSync(path, 'utf8'),
}));

interface SourceFile {
  /** Relative to core's `src`. */
  readonly path: string;
  readonly text: string;
}

describe('imports of core', () => {
  it('point one way: clients, bearer, sources, token-request', () => {
    expect(core.flatMap(upwardImports)).toEqual([]);
  });

  it('know neither Express nor Koa', () => {
    expect(core.flatMap(frameworkImports)).toEqual([]);
  });

  it.each([
    ['bearer/bearer.ts', '../clients/got/got.js'],
    ['clients/got/got.ts', '../fetch/fetch.js'],
    ['clients/fetch/hop.ts', '../got/options.js'],
    ['clients/got/got.ts', '../../backends/backends.js'],
  ])('are refused from %s to %s, in each form of an import', (path, specifier) => {
    for (const text of [
      `import { x } from '${specifier}';`,
      `import type { X } from '${specifier}';`,
      `export * from '${specifier}';`,
      `type X = import('${specifier}').X;`,
      `const x = () => import('${specifier}');`,
    ]) {
      expect(upwardImports({ path, text })).toHaveLength(1);
    }
  });

  it.each([
    ['clients/got/got.ts', '../../bearer/bearer.js'],
    ['clients/got/got.ts', './options.js'],
    ['sources/reuse.ts', './flight.js'],
    ['bearer/bearer.ts', '../errors.js'],
  ])('are accepted from %s to %s', (path, specifier) => {
    expect(upwardImports({ path, text: `import { x } from '${specifier}';` })).toEqual([]);
  });

  it.each(['express', 'koa', '@types/koa', 'koa/lib/context.js', 'express-oauth2-backend'])(
    'are refused to %s',
    (name) => {
      expect(frameworkImports({ path: 'x.ts', text: `import type { X } from '${name}';` })).toHaveLength(1);
    },
  );
});

describe('files', () => {
  it('core index.ts has exports only', () => {
    const index = core.find(({ path }) => path === 'index.ts');
    expect(otherThanExports(index?.text ?? 'missing')).toEqual([]);
    expect(otherThanExports(`export { a } from './a.js';\nexport const b = 1;`)).toEqual(['export const b = 1;']);
  });

  it('have at most 200 lines', () => {
    const sources = packageNames.flatMap((name) => filesBelow(join(packagesFolder, name, 'src')));
    const long = sources.filter((path) => readFileSync(path, 'utf8').trimEnd().split('\n').length > 200);
    expect(long.map(fromRoot)).toEqual([]);
  });

  it('are named after what they export', () => {
    const folders = [
      ...packageNames.flatMap((name) => [`packages/${name}/src`, `packages/${name}/test`]),
      'test',
      'examples',
      'soak',
    ];
    const all = folders.flatMap((folder) => filesBelow(join(packagesFolder, '..', folder)));
    expect(all.length).toBeGreaterThan(0);
    expect(all.map(fromRoot).filter((path) => /(^|[/.-])(utils?|helpers?|common|misc)(?=[/.-])/i.test(path))).toEqual(
      [],
    );
  });
});

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[jt]s$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('node_modules'));
}

function fromRoot(path: string): string {
  return relative(join(packagesFolder, '..'), path);
}

function upwardImports(file: SourceFile): string[] {
  return specifiersOf(file.text)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => join(dirname(file.path), specifier))
    .filter((target) => !mayImport(file.path, target))
    .map((target) => `${file.path} imports ${target}`);
}

function frameworkImports(file: SourceFile): string[] {
  return specifiersOf(file.text)
    .filter((specifier) => /^(@types\/)?(express|koa)([/-]|$)/.test(specifier))
    .map((specifier) => `${file.path} imports ${specifier}`);
}

function specifiersOf(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

function mayImport(from: string, to: string): boolean {
  if (unitOf(from) === unitOf(to)) return clientOf(to) === clientOf(from);
  return layerOf(from) < layerOf(to) || layerOf(to) === layers.length;
}

/** The folder of a module, or its own name when it lies at the top. */
function unitOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : basename(path, extname(path));
}

function layerOf(path: string): number {
  const layer = layers.findIndex((units) => units.includes(unitOf(path)));
  return layer === -1 ? layers.length : layer;
}

/** `clients/got/options.ts` belongs to the client `got`. */
function clientOf(path: string): string | undefined {
  return /^clients\/([^/.]+)/.exec(path)?.[1];
}

function otherThanExports(text: string): string[] {
  const source = ts.createSourceFile('index.ts', text, ts.ScriptTarget.Latest);
  return source.statements
    .filter((statement) => !(ts.isExportDeclaration(statement) && statement.moduleSpecifier))
    .map((statement) => statement.getText(source));
}
