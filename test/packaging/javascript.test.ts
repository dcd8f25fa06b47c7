import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiServer, apiServer } from 'test-servers/api-server';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { type EmptyProject, emptyProject } from './empty-project.js';
import { type PackedPackages, packedPackages } from './packed-packages.js';

const run = promisify(execFile);
const fixture = join(import.meta.dirname, 'fixtures/javascript');

let packed: PackedPackages;
let tokens: TokenServer;
let api: ApiServer;

beforeAll(async () => {
  packed = await packedPackages();
}, 60_000);

afterAll(() => packed.remove());

beforeEach(async () => {
  tokens = await tokenServer();
  api = await apiServer();
});

afterEach(() => Promise.all([tokens.close(), api.close()]));

describe.each([
  ['oauth2-backend', []],
  ['express-oauth2-backend', ['express']],
  ['koa-oauth2-backend', ['koa']],
])('%s in a project of its own', (name, others) => {
  let project: EmptyProject;

  beforeAll(async () => {
    project = await emptyProject(packed, { fixture, installs: [name], others });
  });

  afterAll(() => project.remove());

  it.each([
    ['import', 'mjs'],
    ['require()', 'cjs'],
  ])(
    'is loaded by %s without a warning and calls an API with a token through got and fetch',
    async (_way, ending) => {
      const { stdout, stderr } = await run(process.execPath, [join(project.directory, `${name}.${ending}`)], {
        cwd: project.directory,
        env: { DEFINITIONS: JSON.stringify(definitions()) },
        timeout: 20_000,
      });
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toMatchObject([{ url: '/invoices' }, { url: '/customers' }]);
      expect(api.tokens()).toEqual(['token-1', 'token-1']);
      expect(tokens.requests).toHaveLength(1);
    },
    30_000,
  );
});

function definitions(): object {
  const oauth2 = {
    grant_type: 'client_credentials',
    token_endpoint: `${tokens.origin}/token`,
    client_id: 'shop',
    client_secret: 'secret of the shop',
  };
  return { billing: { origin: api.origin, oauth2 } };
}
