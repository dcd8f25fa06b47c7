import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

/** The rooms of core, top first: a room may import those behind it and what these may import, nothing else. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  index: ['backends'],
  check: ['backends'],
  backends: ['clients', 'sharing'],
  clients: ['outbound'],
  outbound: ['transport', 'bearer'],
  transport: ['definitions'],
  bearer: ['sources'],
  sharing: ['sources'],
  sources: ['token-request'],
  'token-request': ['definitions'],
  definitions: ['words'],
  words: [],
};

/** Files beside the rooms, which everybody may import. */
const words = ['errors', 'token', 'clock'];

/** The floors of `definitions`, top first; the files beside them are the ground. */
const floors = ['resolve', 'attributes', 'schema'];

const packagesFolder = join(import.meta.dirname, '../packages');
const packageNames = readdirSync(packagesFolder);
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
  it('go from room to room downwards: neither upwards nor sideways', () => {
    expect(core.flatMap(misplacedImports)).toEqual([]);
  });

  it('go round in no circle, of types neither', () => {
    expect(circlesOf(core)).toEqual([]);
    const circle = [
      { path: 'a/one.ts', text: `import type { Two } from './two.js';` },
      { path: 'a/two.ts', text: `import type { One } from './one.js';` },
    ];
    expect(circlesOf(circle)).toEqual(['a/one.ts → a/two.ts → a/one.ts']);
  });

  it('come from files that are in a room', () => {
    expect(core.filter(({ path }) => roomOf(path) === undefined)).toEqual([]);
  });

  it.each(['backend.ts', 'utilities/join.ts', 'definitions.ts', 'clients.ts'])(
    'are refused where %s is in no room',
    (path) => {
      expect(roomOf(path)).toBeUndefined();
    },
  );

  it('know neither Express nor Koa', () => {
    expect(core.flatMap(frameworkImports)).toEqual([]);
  });

  it.each([
    ['bearer/bearer.ts', '../clients/got/got-client.js'],
    ['bearer/bearer.ts', '../transport/transport.js'],
    ['bearer/bearer.ts', '../sharing/sharing.js'],
    ['clients/got/got-client.ts', '../../backends/backends.js'],
    ['clients/got/got-client.ts', '../../sharing/sharing.js'],
    ['clients/got/got-client.ts', '../fetch/fetch-client.js'],
    ['clients/got/got-client.ts', '../token-post.js'],
    ['clients/fetch/fetch-dispatcher.ts', '../got/options.js'],
    ['definitions/resolved.ts', './schema/place.js'],
    ['definitions/schema/place.ts', '../attributes/oauth2.js'],
    ['definitions/attributes/oauth2.ts', '../resolve/oauth2.js'],
    ['outbound/running-calls.ts', '../clients/got/got-client.js'],
    ['sharing/sharing.ts', '../bearer/bearer.js'],
    ['sources/reuse.ts', '../bearer/bearer.js'],
    ['sources/reuse.ts', '../sharing/sharing.js'],
    ['token-request/token-request-draft.ts', '../sources/reuse.js'],
    ['token.ts', './definitions/resolved.js'],
    ['token.ts', './errors.js'],
    ['transport/transport.ts', '../outbound/running-calls.js'],
    ['transport/transport.ts', '../sources/reuse.js'],
    ['backends/backends.ts', '../check/command.js'],
    ['check/command.ts', '../index.js'],
    ['index.ts', './check/command.js'],
    ['backends/backends.ts', '../index.js'],
    ['backends/backends.ts', '../in-no-room.js'],
  ])('are refused from %s to %s, in each form of an import', (path, specifier) => {
    for (const text of [
      `import { x } from '${specifier}';`,
      `import type { X } from '${specifier}';`,
      `export * from '${specifier}';`,
      `type X = import('${specifier}').X;`,
      `const x = () => import('${specifier}');`,
    ]) {
      expect(misplacedImports({ path, text })).toHaveLength(1);
    }
  });

  it.each([
    ['backends/backends.ts', './observation/channels.js'],
    ['bearer/bearer.ts', '../errors.js'],
    ['clients/got/got-client.ts', '../../bearer/bearer.js'],
    ['clients/got/got-client.ts', '../../outbound/running-calls.js'],
    ['clients/got/got-client.ts', './options.js'],
    ['definitions/resolve/oauth2.ts', '../schema/place.js'],
    ['definitions/schema/place.ts', '../resolved.js'],
    ['sources/reuse.ts', './flight.js'],
    ['token-request/grants/jwt-bearer.ts', '../jwt-signing.js'],
  ])('are accepted from %s to %s', (path, specifier) => {
    expect(misplacedImports({ path, text: `import { x } from '${specifier}';` })).toEqual([]);
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
      'conformance',
    ];
    const all = folders.flatMap((folder) => filesBelow(join(packagesFolder, '..', folder)));
    expect(all.length).toBeGreaterThan(0);
    expect(all.map(fromRoot).filter((path) => /(^|[/.-])(utils?|helpers?|common|misc)(?=[/.-])/i.test(path))).toEqual(
      [],
    );
  });
});

describe('CONTRIBUTING.md', () => {
  const text = readFileSync(join(packagesFolder, '../CONTRIBUTING.md'), 'utf8');
  const section = text.slice(text.indexOf('### The rooms of core'), text.indexOf('### Rules for files'));

  it('has the rooms with what they may import', () => {
    const rows = [...section.matchAll(/^\| `([a-z-]+)\/` \|.*\| ([^|]*) \|$/gm)];
    const table = rows.map(([, room = '', imports = '']) => [room, imports.match(/[a-z-]+(?=\/)/g) ?? ['words']]);
    expect([['index', ['backends']], ...table, ['words', []]]).toEqual(expect.arrayContaining(Object.entries(rooms)));
    expect(table).toHaveLength(Object.keys(rooms).length - 2);
  });

  it('names files that are there', () => {
    const names = [...section.matchAll(/`([\w./-]+(?:\.ts|\/))`/g)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !isThere(name))).toEqual([]);
    expect(isThere('sources/no-such-file.ts')).toBe(false);
  });

  /** From the root, from core's `src`, or below any folder of it. */
  function isThere(name: string): boolean {
    if (existsSync(join(packagesFolder, '..', name))) return true;
    return core.some(({ path }) => `/${path}`.includes(`/${name}`));
  }
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

function misplacedImports(file: SourceFile): string[] {
  return specifiersOf(file.text)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => join(dirname(file.path), specifier))
    .filter((target) => !mayImport(file.path, target))
    .map((target) => `${file.path} imports ${target}`);
}

/** Each as the way round, once. */
function circlesOf(files: readonly SourceFile[]): string[] {
  const imports = new Map(files.map((file) => [file.path, importsOf(file)]));
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' → '));
    else if (!done.has(path)) for (const next of imports.get(path) ?? []) visit(next, [...way, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return circles;
}

function importsOf({ path, text }: SourceFile): string[] {
  const own = specifiersOf(text).filter((specifier) => specifier.startsWith('.'));
  return own.map((specifier) => join(dirname(path), specifier).replace(/\.js$/, '.ts'));
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
  const [room, other] = [roomOf(from), roomOf(to)];
  if (room === undefined || other === undefined) return false;
  if (room !== other) return below(room).has(other);
  if (room === 'clients') return clientOf(from) === clientOf(to);
  if (room === 'definitions') return floorOf(from) <= floorOf(to);
  return room !== 'words';
}

/** The room of a module; `undefined` when it is in none. */
function roomOf(path: string): string | undefined {
  if (path.includes('/')) {
    const folder = path.slice(0, path.indexOf('/'));
    return folder in rooms ? folder : undefined;
  }
  const name = basename(path, extname(path));
  if (words.includes(name)) return 'words';
  return name === 'index' ? name : undefined;
}

/** Every room that may be imported from a room. */
function below(room: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const next of rooms[room] ?? []) for (const name of [next, ...below(next)]) found.add(name);
  return found;
}

/** `clients/got/options.ts` belongs to the client `got`, `clients/token-post.ts` is one by itself. */
function clientOf(path: string): string | undefined {
  return /^clients\/([^/.]+)/.exec(path)?.[1];
}

function floorOf(path: string): number {
  const floor = floors.findIndex((name) => path.startsWith(`definitions/${name}/`));
  return floor === -1 ? floors.length : floor;
}

function otherThanExports(text: string): string[] {
  const source = ts.createSourceFile('index.ts', text, ts.ScriptTarget.Latest);
  return source.statements
    .filter((statement) => !(ts.isExportDeclaration(statement) && statement.moduleSpecifier))
    .map((statement) => statement.getText(source));
}
