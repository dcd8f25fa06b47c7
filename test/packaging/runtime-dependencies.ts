/** What an application gets when it installs the packages. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Gives the manifest of each package that the named workspaces need at run time, by `name@version`, as installed. */
export async function runtimeDependencies(names: readonly string[]): Promise<Map<string, Manifest>> {
  const found = new Map<string, Manifest>();
  for (const name of names) await collect(join(repository, 'packages', name), found);
  return found;
}

async function collect(directory: string, found: Map<string, Manifest>): Promise<void> {
  const manifest: Manifest = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
  const key = `${manifest.name}@${manifest.version}`;
  if (found.has(key)) return;
  found.set(key, manifest);
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
    const folders = createRequire(join(directory, 'package.json')).resolve.paths(name) ?? [];
    const installed = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
    if (installed !== undefined) await collect(installed, found);
    else if (manifest.optionalDependencies?.[name] === undefined) throw new Error(`${key} needs ${name}`);
  }
}
