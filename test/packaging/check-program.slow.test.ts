import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { type EmptyProject, emptyProject } from './empty-project.js';
import { type PackedPackages, packedPackages } from './packed-packages.js';

const run = promisify(execFile);

let packed: PackedPackages;
let project: EmptyProject;
let tokens: TokenServer;

beforeAll(async () => {
  packed = await packedPackages();
  const fixture = join(import.meta.dirname, 'fixtures/check');
  project = await emptyProject(packed, { fixture, installs: ['oauth2-backend'] });
  tokens = await tokenServer();
}, 60_000);

afterAll(() => Promise.all([packed.remove(), project.remove(), tokens.close()]));

describe('the program oauth2-backend of an installed package', () => {
  it('is where the manifest says, and checks a module', async () => {
    const folder = join(project.directory, 'node_modules/oauth2-backend');
    const { bin } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { bin: Record<string, string> };
    const program = join(folder, bin['oauth2-backend'] ?? 'missing');
    expect(await readFile(program, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    const { stdout } = await run(process.execPath, [program, 'check', 'backends.mjs', '--json'], {
      cwd: project.directory,
      env: { TOKEN_ENDPOINT: tokens.url, CLIENT_SECRET: 'a secret of the shop' },
      timeout: 20_000,
    });
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, backends: [{ name: 'billing', result: 'token' }] });
    expect(tokens.requests).toHaveLength(1);
  }, 30_000);
});
