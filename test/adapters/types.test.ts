import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import type { Request } from 'express';
import { backends as forExpress } from 'express-oauth2-backend';
import type { Context, Middleware } from 'koa';
import { backends as forKoa } from 'koa-oauth2-backend';
import { type Backend, createBackends } from 'oauth2-backend';

const run = promisify(execFile);
const repository = join(import.meta.dirname, '../..');
const fixtures = join(import.meta.dirname, 'fixtures');
const packages = ['oauth2-backend', 'express-oauth2-backend', 'koa-oauth2-backend'];
const definitions = { billing: { origin: 'https://billing.example.com' } } as const;
const directories: string[] = [];

afterAll(() => Promise.all(directories.map((directory) => rm(directory, { recursive: true }))));

describe('the types of backends(definitions)', () => {
  it('name the backends exactly through of(), which needs no augmentation', () => {
    const express = forExpress(definitions);
    const koa = forKoa(createBackends(definitions));
    type Exact = { readonly billing: Backend };
    expectTypeOf<ReturnType<typeof express.of>>().toEqualTypeOf<Exact>();
    expectTypeOf<ReturnType<typeof koa.of>>().toEqualTypeOf<Exact>();
    expectTypeOf<(typeof express)['names']>().toEqualTypeOf<readonly 'billing'[]>();
    expectTypeOf(koa).toExtend<Middleware>();
    expect([express.names, koa.names]).toEqual([['billing'], ['billing']]);
  });

  it('give listeners for `upgrade` of those backends alone', () => {
    const server = createServer();
    const options = { mount: '/live', authorize: async ({ headers }: IncomingMessage) => ({ user: headers.cookie }) };
    for (const made of [forExpress(definitions), forKoa(definitions)]) {
      server.on('upgrade', made.upgrade('billing', options));
      // @ts-expect-error -- no such backend
      expect(() => made.upgrade('biling', options)).toThrow('billing');
      // @ts-expect-error -- nobody says who may
      expect(() => made.upgrade('billing', { mount: '/live' })).toThrow('authorize');
    }
    const made = createBackends({ $schema: './schema.json', ...definitions } as const);
    // @ts-expect-error -- what is for editors is no backend
    expect(() => made.upgrade('$schema', options)).toThrow('$schema');
    expect(server.listenerCount('upgrade')).toBe(2);
  });

  it('take functions that find nothing in the request', () => {
    const { names } = createBackends({
      billing: {
        origin: 'https://billing.example.com',
        oauth2: {
          grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
          token_endpoint: 'https://as.example.com/token',
          assertion: async (context) => context?.request.headers['authorization'],
        },
      },
    });
    expect(names).toEqual(['billing']);
  });

  it('allow any name on a request for which no names are registered', () => {
    expectTypeOf<Request['backends']>().toEqualTypeOf<Readonly<Record<string, Backend>>>();
    expectTypeOf<Context['backends']>().toEqualTypeOf<Readonly<Record<string, Backend>>>();
  });

  it('refuse options beside made backends', () => {
    // @ts-expect-error -- only `property` can be given
    expect(() => forExpress(createBackends(definitions), { tokens: {} })).toThrow('tokens');
    // @ts-expect-error -- only `property` can be given
    expect(() => forKoa(createBackends(definitions), { tokens: {} })).toThrow('tokens');
  });

  it('know the names that the application registers', async () => {
    await compile(join(fixtures, 'registered'));
  }, 60_000);

  it("compile for users without the frameworks' types, though their libraries are checked", async () => {
    const user = await mkdtemp(join(tmpdir(), 'untyped-'));
    directories.push(user);
    await emitDeclarations(join(user, 'node_modules'));
    await mkdir(join(user, 'node_modules/@types'));
    for (const name of ['koa', 'express', 'got', 'undici', '@types/node']) {
      await symlink(installed(name), join(user, 'node_modules', name));
    }
    await cp(join(fixtures, 'untyped'), user, { recursive: true });
    await writeFile(join(user, 'package.json'), JSON.stringify({ type: 'module' }));
    const compilerOptions = { strict: true, module: 'nodenext', lib: ['es2023'], types: ['node'], noEmit: true };
    await configure(user, { compilerOptions: { ...compilerOptions, skipLibCheck: false }, files: ['user.ts'] });
    await compile(user);
  }, 60_000);
});

/** Type checks a project; rejects with what the compiler prints. */
async function compile(project: string): Promise<void> {
  const tsc = join(repository, 'node_modules/.bin/tsc');
  await run(tsc, ['-p', project]).catch(({ stdout }) => {
    throw new Error(stdout);
  });
}

/** Where a package is: beside core, when another version is at the top. */
function installed(name: string): string {
  const own = join(repository, 'packages/oauth2-backend/node_modules', name);
  return existsSync(own) ? own : join(repository, 'node_modules', name);
}

const configure = (project: string, content: object) =>
  writeFile(join(project, 'tsconfig.json'), JSON.stringify(content));

/** Installs the packages' types as a registry would deliver them. */
async function emitDeclarations(target: string): Promise<void> {
  const project = await mkdtemp(join(tmpdir(), 'declarations-'));
  directories.push(project);
  const source = join(repository, 'packages');
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    typeRoots: [join(repository, 'node_modules/@types')],
    rootDir: source,
    outDir: target,
    paths: Object.fromEntries(packages.map((name) => [name, [join(source, name, 'src/index.ts')]])),
  };
  const files = packages.map((name) => join(source, name, 'src/index.ts'));
  await configure(project, { extends: join(repository, 'tsconfig.base.json'), compilerOptions, files });
  await compile(project);
  for (const name of packages) {
    const manifest = { name, type: 'module', exports: { '.': { types: './src/index.d.ts' } } };
    await writeFile(join(target, name, 'package.json'), JSON.stringify(manifest));
  }
}
