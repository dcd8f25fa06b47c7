import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import type { CheckReport } from '../../src/check/report.js';
import { check, reportOf, run } from './run-check.js';

let tokens: TokenServer;
beforeAll(async () => {
  tokens = await tokenServer();
});
afterAll(() => tokens.close());

const oauth2 = () => ({
  grant_type: 'client_credentials',
  token_endpoint: tokens.url,
  client_id: 'shop',
  client_secret: 'a secret of the shop',
});
const origin = 'http://127.0.0.1:9';

describe('oauth2-backend', () => {
  it.each([['--help'], ['-h'], ['check', '--help']])('%s %s explains itself and ends with 0', async (...args) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: oauth2-backend check FILE \[NAME\]/);
  });

  it.each<[string[], string]>([
    [[], 'a command is missing: check'],
    [['chek', 'x.json'], '"chek" is no command; did you mean "check"?'],
    [['check'], 'FILE is missing'],
    [['check', 'a.json', 'b', 'c'], 'too many arguments: one FILE and at most one NAME'],
    [['check', 'a.json', '--colour'], "Unknown option '--colour'"],
    [['check', 'a.json', '--call'], "Option '--call <value>' argument missing"],
    [['check', 'a.json', '--call='], '--call needs a path'],
    [['check', '/no/such/file.json'], '/no/such/file.json cannot be read: there is no such file'],
    [['check', '/no/such/file.mjs'], '/no/such/file.mjs cannot be read: there is no such file'],
    [['check', tmpdir()], `${tmpdir()} cannot be read: it is a folder`],
  ])('%j ends with 2', async (args, message) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.split('\n')[0]).toBe(`oauth2-backend: ${message}`);
  });

  it('names the backend that may be meant, and ends with 2', async () => {
    const { code, stderr } = await check({ billing: { origin } }, 'biling');
    expect(code).toBe(2);
    expect(stderr).toContain('no backend has the name "biling"; did you mean "billing"?');
  });

  it('takes "$schema" for no backend', async () => {
    const definitions = { $schema: './schema.json', good: { origin, oauth2: oauth2() } };
    expect(await check(definitions, 'good')).toMatchObject({ code: 0 });
    expect(await check(definitions, '$schema')).toMatchObject({ code: 2 });
  });

  it('--call needs a token to call with', async () => {
    expect(await check({ bare: { origin } }, '--call', '/')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('--call needs a token, and no backend has "oauth2"'),
    });
    const ofUsers = {
      origin,
      oauth2: {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        token_endpoint: tokens.url,
      },
    };
    const { code, backends } = await reportOf({ bare: { origin }, ofUsers }, '--call', '/');
    expect([code, ...backends.map(({ result }) => result)]).toEqual([1, 'skipped', 'failed']);
  });

  it('--call needs the name of one of several backends', async () => {
    tokens.reset();
    const two = { a: { origin, oauth2: oauth2() }, b: { origin, oauth2: oauth2() } };
    expect(await check(two, '--call', '/')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--call needs NAME'),
    });
    expect(tokens.requests).toEqual([]);
  });

  it.each([
    ['{"billing": {"client_secret": "hush-hush" "x": 1}}', 'line 1, column 43'],
    ['{\n  "billing": {\n    "client_secret": hush-hush\n  }\n}', 'line 3, column 22'],
    ['{"client_secret": "hush-hush"', 'line 1, column 30'],
    ['', 'line 1, column 1'],
  ])('JSON that is none: line and column only of %j', async (text, place) => {
    const { code, stdout, stderr } = await check(text);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`is no JSON: error in ${place}\n`);
    expect(stderr).not.toContain('hush');
  });

  it('takes JSON with a byte order mark', async () => {
    expect(await check(`\ufeff${JSON.stringify({ billing: { origin, oauth2: oauth2() } })}`)).toMatchObject({
      code: 0,
    });
  });

  it.each([
    ['[]', 'gives'],
    ['"a"', 'gives a string and no definitions'],
    ['null', 'gives null and no definitions'],
  ])('%s is no definitions', async (text, words) => {
    const ran = await check(text);
    expect(ran.code).not.toBe(0);
    expect(ran.stdout + ran.stderr).toContain(text === '[]' ? 'must be an object, not an array' : words);
  });

  it('tells all problems of the definitions, sends nothing and ends with 1', async () => {
    tokens.reset();
    const good = { origin, oauth2: oauth2() };
    const definitions = { good, bad: { origin: 'nonsense', oauth2: { ...oauth2(), client_secrte: 'hush-hush' } } };
    const { code, ...ran } = await check(definitions, '--json');
    const { ok, problems, backends } = JSON.parse(ran.stdout) as CheckReport;
    expect([code, ok, backends]).toEqual([1, false, []]);
    expect(problems.map(({ path }) => path)).toEqual(['bad.origin', 'bad.oauth2.client_secrte']);
    const { stdout } = await check(definitions);
    expect(stdout).toContain('2 problems; nothing was sent');
    expect(stdout).toContain('✗ bad.oauth2.client_secrte: ');
    expect(stdout).not.toContain('hush');
    expect(tokens.requests).toEqual([]);
  });

  it('skips what has no token of its own; by its name that is a failure', async () => {
    const exchange = { ...oauth2(), grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange' };
    const definitions = { open: { origin }, users: { origin, oauth2: exchange } };
    const { code, backends } = await reportOf(definitions);
    expect(code).toBe(0);
    expect(backends).toMatchObject([
      { name: 'open', result: 'skipped', reason: 'it has no "oauth2": its requests carry no token' },
      { name: 'users', result: 'skipped', reason: expect.stringContaining("its token is a user's") },
    ]);
    for (const name of ['open', 'users']) {
      const named = await reportOf(definitions, name);
      expect([named.code, named.backends.length, named.first.result]).toEqual([1, 1, 'failed']);
    }
  });

  it('checks the named one only', async () => {
    tokens.reset();
    const wrong = { origin, oauth2: { ...oauth2(), token_endpoint: 'http://127.0.0.1:1/' } };
    const { code, backends } = await reportOf({ wrong, good: { origin, oauth2: oauth2() } }, 'good');
    expect([code, backends.length]).toEqual([0, 1]);
  });

  it('tells the warnings of the definitions', async () => {
    const careless = { origin, oauth2: { ...oauth2(), backend: { disable_certificate_validation: true } } };
    const { warnings } = await reportOf({ careless });
    expect(warnings).toEqual([expect.stringContaining('careless.oauth2.backend')]);
  });
});

describe('check of a module', () => {
  it('is not led round in circles', async () => {
    const file = join(folder, 'circles.mjs');
    const text = `const round = {}; for (const name of 'abcdef') round[name] = round; round.client_secret = round;
      export default { billing: { origin: 'https://api.example.com', round, set_request_headers: round } };`;
    await writeFile(file, text);
    const { code, stdout } = await run(['check', file]);
    expect(code).toBe(1);
    expect(stdout).toContain('✗ billing.round: ');
  });

  it('asks a token source, and tells what it throws', async () => {
    const source = (body: string) => `{ origin: 'https://api.example.com', oauth2: { async token() { ${body} } } }`;
    const token = `{ value: 'a-token-of-its-own', type: 'Bearer', issuedAt: 0, expiresAt: Date.now() + 60_000 }`;
    const fails = `throw new Error('the vault is \\u001b[31msealed')`;
    const file = join(folder, 'sources.mjs');
    await writeFile(file, `export default { good: ${source(`return ${token}`)}, bad: ${source(fails)} };`);
    const { code, stdout } = await run(['check', file, '--json']);
    expect(code).toBe(1);
    const { backends } = JSON.parse(stdout) as CheckReport;
    expect(backends).toMatchObject([
      { name: 'good', result: 'token', steps: [{ step: 'token', ok: true, expiresIn: 60 }] },
      {
        name: 'bad',
        result: 'failed',
        reason: 'token source of "bad" failed',
        hints: ['the cause: the vault is sealed'],
        steps: [],
      },
    ]);
    expect(stdout).not.toContain('a-token-of-its-own');
  });

  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oauth2-backend-check-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each<[string, string, string]>([
    ['typo.mjs', `export default { client_secret: 'hush-hush-1' 'hush-hush-2' };`, 'SyntaxError'],
    ['unquoted.mjs', `export default { client_secret: hushhush };`, 'ReferenceError (line 1, column 33)'],
    ['thrown.mjs', `throw new Error('CLIENT_SECRET is not set');`, 'CLIENT_SECRET is not set (line 1, column 7)'],
    ['named.mjs', 'export const definitions = {};', 'has no default export'],
    ['function.mjs', 'export default () => ({});', 'gives a function and no definitions'],
    ['made.mjs', 'export default { get() {}, status() {}, close() {} };', 'exports backends that are made'],
  ])('%s ends with 2 and says what is wrong', async (name, text, words) => {
    await writeFile(join(folder, name), text);
    const { code, stderr } = await run(['check', join(folder, name)]);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('hush');
  });
});
