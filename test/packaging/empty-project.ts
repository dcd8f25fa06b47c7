/** A project outside the repository that has nothing but what it installs; laid out by hand, so that no network is needed. */
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');

export interface EmptyProject {
  readonly directory: string;
  remove(): Promise<void>;
}

/**
 * Makes a project from the files of `fixture`.
 *
 * @param installs our packages, which are copied with what their manifests declare and nothing else
 * @param others packages that come from the repository's own installation
 */
export async function emptyProject(
  packed: { readonly directory: string },
  { fixture, installs, others = [] }: { fixture: string; installs: readonly string[]; others?: readonly string[] },
): Promise<EmptyProject> {
  const directory = await mkdtemp(join(tmpdir(), 'oauth2-backend-project-'));
  const modules = join(directory, 'node_modules');
  await cp(fixture, directory, { recursive: true });
  await writeFile(join(directory, 'package.json'), JSON.stringify({ name: 'project', private: true, type: 'module' }));
  for (const name of installs) await install(packed, name, modules);
  for (const name of others) await (name.startsWith('@types/') ? copyTypes : link)(name, modules, repository);
  return { directory, remove: () => rm(directory, { recursive: true }) };
}

async function install(packed: { readonly directory: string }, name: string, modules: string): Promise<void> {
  if (existsSync(join(modules, name))) return;
  await cp(join(packed.directory, name), join(modules, name), { recursive: true });
  for (const dependency of await dependencies(join(modules, name))) {
    if (dependency.endsWith('oauth2-backend')) await install(packed, dependency, modules);
    else await link(dependency, modules, join(repository, 'packages', name));
  }
}

/** Links the package that `user` gets when it asks for `name`. */
async function link(name: string, modules: string, user: string): Promise<void> {
  await place(name, modules, user, (from, to) => symlink(from, to, 'dir'));
}

/** Copies types and the types that they need: linked ones would look for theirs among the repository's other packages. */
async function copyTypes(name: string, modules: string, user: string): Promise<void> {
  if (existsSync(join(modules, name))) return;
  if (name === '@types/node') return link(name, modules, user);
  const source = await place(name, modules, user, (from, to) => cp(from, to, { recursive: true }));
  for (const dependency of await dependencies(source)) await copyTypes(dependency, modules, source);
}

async function place(
  name: string,
  modules: string,
  user: string,
  put: (from: string, to: string) => Promise<void>,
): Promise<string> {
  const folders = createRequire(join(user, 'package.json')).resolve.paths(name) ?? [];
  const source = folders.map((folder) => join(folder, name)).find((path) => existsSync(join(path, 'package.json')));
  if (source === undefined) throw new Error(`${name} is not installed in the repository`);
  const target = join(modules, name);
  await mkdir(dirname(target), { recursive: true });
  if (!existsSync(target)) await put(source, target);
  return source;
}

async function dependencies(directory: string): Promise<string[]> {
  const manifest: { dependencies?: object } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
  return Object.keys(manifest.dependencies ?? {});
}
