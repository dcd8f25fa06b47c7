import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PackedPackages, packageNames, packedPackages } from './packed-packages.js';

let packed: PackedPackages;

const programs: Readonly<Record<string, readonly string[]>> = { 'oauth2-backend': ['bin/oauth2-backend.js'] };

beforeAll(async () => {
  packed = await packedPackages();
}, 60_000);

afterAll(() => packed.remove());

describe.each(packageNames)('npm pack of %s', (name) => {
  it('holds the built modules with their types, maps and sources, its documents, and nothing else', async () => {
    const files = await packed.files(name);
    const modules = files.filter((file) => file.startsWith('src/')).map((file) => file.slice(4, -'.ts'.length));
    const built = modules.flatMap((module) =>
      ['.d.ts', '.d.ts.map', '.js', '.js.map'].map((ending) => `dist/${module}${ending}`),
    );
    const documents = files.filter((file) => !/^(?:src|dist|bin)\//.test(file));

    expect(modules).toContain('index');
    expect(files.filter((file) => file.startsWith('bin/'))).toEqual(programs[name] ?? []);
    expect(built.filter((file) => !files.includes(file))).toEqual([]);
    const own = name === 'oauth2-backend' ? ['schema.json'] : [];
    expect(documents.filter((file) => file !== 'CHANGELOG.md')).toEqual([
      'LICENSE',
      'README.md',
      'package.json',
      ...own,
    ]);
    for (const [folder, module] of Object.entries({ src: /\.ts$/, dist: /\.(?:js|d\.ts)(?:\.map)?$/ })) {
      const inside = files.filter((file) => file.startsWith(`${folder}/`));
      expect(inside.filter((file) => !module.test(file))).toEqual([]);
    }
    expect(files.filter((file) => /\btests?\b|fixtures/.test(file))).toEqual([]);
  });

  it('holds the licence of the repository and a README of its own', async () => {
    const read = (file: string) => readFile(join(packed.directory, name, file), 'utf8');
    const repository = await readFile(join(import.meta.dirname, '../../LICENSE'), 'utf8');
    expect(await read('LICENSE')).toBe(repository);
    expect(await read('README.md')).toMatch(new RegExp(`^# ${name}\n`));
  });
});
