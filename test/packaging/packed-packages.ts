/** The packages as a registry would deliver them; needs the build, as `npm test` does first. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, '../..');

/** The names of the packages that are published. */
export const packageNames = [
  'oauth2-backend',
  'express-oauth2-backend',
  'koa-oauth2-backend',
  'oauth2-backend-redis',
  'oauth2-backend-playground',
] as const;

export interface PackedPackages {
  /** The folder in which each package lies below its name. */
  readonly directory: string;
  /** The files of a package, sorted, with `/` between folders. */
  files(name: string): Promise<string[]>;
  remove(): Promise<void>;
}

/** Packs each package with `npm pack` and unpacks it outside the repository; reaches for no network. */
export async function packedPackages(): Promise<PackedPackages> {
  const directory = await mkdtemp(join(tmpdir(), 'oauth2-backend-packed-'));
  const workspaces = packageNames.map((name) => `--workspace=packages/${name}`);
  const env = { ...process.env, PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter) };
  await run('npm', ['pack', '--offline', '--pack-destination', directory, ...workspaces], { cwd: repository, env });
  const tarballs = await readdir(directory);
  for (const name of packageNames) {
    const tarball = tarballs.find((file) => new RegExp(`^${name}-\\d[^/]*\\.tgz$`).test(file));
    if (tarball === undefined) throw new Error(`npm pack made no tarball of ${name}`);
    await mkdir(join(directory, name));
    await run('tar', ['-xzf', join(directory, tarball), '--strip-components=1', '-C', join(directory, name)]);
  }
  return {
    directory,
    async files(name) {
      const root = join(directory, name);
      const entries = await readdir(root, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      return files.map((file) => file.slice(root.length + 1).replaceAll('\\', '/')).sort();
    },
    remove: () => rm(directory, { recursive: true }),
  };
}
