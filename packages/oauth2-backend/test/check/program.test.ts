/** The program as its own process; needs the build, as `npm test` does first. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TokenServer, tokenServer } from 'test-servers/token-server';

const run = promisify(execFile);
const program = resolve(import.meta.dirname, '../../bin/oauth2-backend.js');

let tokens: TokenServer;
let folder: string;
beforeAll(async () => {
  tokens = await tokenServer();
  folder = await mkdtemp(join(tmpdir(), 'oauth2-backend-check-'));
});
afterAll(() => Promise.all([tokens.close(), rm(folder, { recursive: true })]));

const definitions = `{
  billing: {
    origin: 'https://billing.example.com',
    oauth2: {
      grant_type: 'client_credentials',
      token_endpoint: process.env.TOKEN_ENDPOINT,
      client_id: 'shop',
      client_secret: async () => process.env.CLIENT_SECRET,
    },
  },
}`;
const files = {
  'backends.mjs': `import { createServer } from 'node:http';
createServer().listen(0, '127.0.0.1'); // as an application that starts when it is imported
console.log('starting');
export default ${definitions};`,
  'backends.cjs': `module.exports = ${definitions};`,
  'compiled.cjs': `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = ${definitions};`,
  'backends.ts': `const definitions: object = ${definitions};\nexport default definitions;`,
  'broken.json': '{"billing": {"client_secret": hush-hush}}',
};

async function oauth2Backend(name: keyof typeof files, ...args: readonly string[]) {
  await writeFile(join(folder, name), files[name]);
  const env = { TOKEN_ENDPOINT: tokens.url, CLIENT_SECRET: 'a secret of the shop', FORCE_COLOR: '1' };
  const options = { cwd: folder, env, timeout: 20_000 };
  const { code, stdout, stderr } = await run(process.execPath, [program, 'check', name, ...args], options).then(
    (printed) => ({ ...printed, code: 0 }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  return { code, stdout, stderr };
}

describe('the program oauth2-backend', () => {
  it('checks a module with functions in it, and ends although the module prints and keeps a port open', async () => {
    const { code, stdout, stderr } = await oauth2Backend('backends.mjs', '--json');
    expect([stderr, code]).toEqual(['starting\n', 0]);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, file: 'backends.mjs', ok: true });
    expect(stdout).not.toContain('secret of the shop');
    expect(tokens.requests.at(-1)?.headers.authorization).toMatch(/^Basic /);
  });

  it.each(['backends.cjs', 'compiled.cjs'] as const)(
    'checks %s, uncoloured into a pipe; 1 for no token',
    async (name) => {
      tokens.next({ status: 401, body: { error: 'invalid_client' } });
      const { code, stdout, stderr } = await oauth2Backend(name);
      expect([stderr, code]).toEqual(['', 1]);
      expect(stdout).toContain('error = invalid_client');
      expect(stdout).not.toContain('\u001b');
    },
  );

  it('checks TypeScript where Node loads it, and says what does where not', async () => {
    const { code, stderr } = await oauth2Backend('backends.ts');
    const { typescript } = process.features as { typescript?: string | false };
    if (typescript) expect(code).toBe(0);
    else {
      expect(stderr).toContain(`Node ${process.versions.node} does not load TypeScript: use Node 22.18 or later`);
      expect(code).toBe(2);
    }
  });

  it('ends with 2 and says on stderr what is wrong with the file', async () => {
    const { code, stdout, stderr } = await oauth2Backend('broken.json');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('broken.json is no JSON: error in line 1, column 31');
    expect(stderr).not.toContain('hush');
  });
});
