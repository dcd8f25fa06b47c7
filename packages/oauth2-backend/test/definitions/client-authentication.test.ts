import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { oauth2Of, outcomeOf, problemsOfOAuth2 } from './outcome.js';

const folder = mkdtempSync(join(tmpdir(), 'client-authentication-'));
const secretFile = join(folder, 'secret');
writeFileSync(secretFile, '  hush\n');
writeFileSync(join(folder, 'blank'), ' \n');
writeFileSync(join(folder, 'two-lines'), 'one\ntwo');
afterAll(() => rmSync(folder, { recursive: true }));

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const endpoint = { token_endpoint: 'https://as.example.com/token' };
const machine = { ...endpoint, grant_type: 'client_credentials', client_id: 'shop' };
const user = { ...endpoint, grant_type: 'password', client_id: 'shop', username: 'u', password: 'p' };
const bearer = { ...endpoint, grant_type: JWT_BEARER, assertion: 'a.b.c' };

describe('token_endpoint_auth_method', () => {
  it.each<[object, object]>([
    [
      { ...machine, client_secret: 's' },
      { clientAuth: 'client_secret_basic', clientId: 'shop', clientSecret: 's' },
    ],
    [
      { ...machine, client_secret_file: secretFile, token_endpoint_auth_method: 'client_secret_post' },
      { clientAuth: 'client_secret_post', clientSecret: { file: secretFile } },
    ],
    [{ ...machine, client_secret: undefined, client_secret_file: secretFile }, { clientSecret: { file: secretFile } }],
    [
      { ...user, token_endpoint_auth_method: 'none' },
      { clientAuth: 'none', clientId: 'shop' },
    ],
    [
      { ...bearer, client_id: 'shop', token_endpoint_auth_method: 'none' },
      { clientAuth: 'none', clientId: 'shop' },
    ],
    [
      { ...bearer, client_id: 'shop', client_secret: 's' },
      { clientAuth: 'client_secret_basic', clientSecret: 's' },
    ],
    [bearer, { clientAuth: undefined }],
  ])('accepts %j', (block, meaning) => {
    expect(oauth2Of(block)).toMatchObject(meaning);
  });

  it('keeps nothing of a client that has no part in it', () => {
    expect(oauth2Of(bearer)).not.toHaveProperty('clientId');
    expect(oauth2Of({ ...user, token_endpoint_auth_method: 'none' })).not.toHaveProperty('clientSecret');
  });

  it.each<[object, readonly [path: string, message: string][]]>([
    [machine, [['client_secret', 'is missing: is the environment variable set?']]],
    [user, [['client_secret', 'is missing: is the environment variable set?']]],
    [{ ...bearer, client_id: 'shop' }, [['client_secret', 'is missing: is the environment variable set?']]],
    [{ ...machine, client_id: undefined, client_secret: 's' }, [['client_id', 'is missing: string']]],
    [{ ...user, client_id: undefined, client_secret: 's' }, [['client_id', 'is missing: string']]],
    [
      endpoint,
      [
        ['grant_type', 'is missing'],
        ['client_id', 'is missing'],
        ['client_secret', 'is missing'],
      ],
    ],
    [
      { ...machine, client_secret: 's', client_secret_file: secretFile },
      [['client_secret_file', 'is given beside "client_secret"']],
    ],
    [
      { ...machine, client_secret: 's', token_endpoint_auth_method: 'none' },
      [['token_endpoint_auth_method', '"none" does not go with grant "client_credentials"']],
    ],
    [
      { ...user, client_secret: 's', token_endpoint_auth_method: 'none' },
      [['client_secret', 'does not go with "token_endpoint_auth_method": "none"']],
    ],
    [
      { ...user, client_secret_file: secretFile, token_endpoint_auth_method: 'none' },
      [['client_secret_file', 'does not go with "token_endpoint_auth_method": "none"']],
    ],
    [{ ...bearer, client_secret: 's' }, [['client_secret', 'needs "client_id"']]],
    [{ ...bearer, client_secret_file: secretFile }, [['client_secret_file', 'needs "client_id"']]],
    [
      { ...bearer, token_endpoint_auth_method: 'client_secret_post' },
      [['token_endpoint_auth_method', 'needs "client_id"']],
    ],
    [{ ...endpoint, grant_type: 'jwt' }, [['grant_type', 'must be one of']]],
    [{ ...machine, token_endpoint_auth_method: 'x' }, [['token_endpoint_auth_method', 'must be one of']]],
    [{ ...machine, client_secret_file: join(folder, 'nowhere') }, [['client_secret_file', 'does not exist']]],
    [{ ...machine, client_secret_file: join(secretFile, 'x') }, [['client_secret_file', 'does not exist']]],
    [{ ...machine, client_secret_file: folder }, [['client_secret_file', 'is no file']]],
    [{ ...machine, client_secret_file: '/dev/zero' }, [['client_secret_file', 'is no file']]],
    [{ ...machine, client_secret_file: join(folder, 'blank') }, [['client_secret_file', 'a file that is empty']]],
    [{ ...machine, client_secret_file: join(folder, 'two-lines') }, [['client_secret_file', 'control characters']]],
    [{ ...machine, client_secret_file: '' }, [['client_secret_file', 'is empty']]],
    [{ ...machine, client_secret_file: 'a\0' }, [['client_secret_file', 'control characters']]],
    [{ ...machine, client_secret_file: 7 }, [['client_secret_file', 'must be a string, not a number']]],
  ])('refuses %j (rules 9 and 18)', (block, expected) => {
    expect(problemsOfOAuth2(block)).toEqual(
      expected.map(([path, message]) => ({ path: `a.oauth2.${path}`, message: expect.stringContaining(message) })),
    );
  });

  it('lets secrets and their files be missing where options.tokens gives the tokens, but not both be there', () => {
    expect(oauth2Of(machine, ['a'])).toMatchObject({ clientSecret: '' });
    expect(oauth2Of({ ...machine, client_secret_file: '/nowhere' }, ['a'])).toMatchObject({
      clientSecret: { file: '/nowhere' },
    });
    const both = { ...machine, client_secret: 's', client_secret_file: '/nowhere' };
    expect(problemsOfOAuth2(both, ['a']).map(({ path }) => path)).toEqual(['a.oauth2.client_secret_file']);
  });

  it('takes a relative path from the working directory of construction', () => {
    const { problems } = outcomeOf({
      a: { origin: 'https://a', oauth2: { ...machine, client_secret_file: 'package.json' } },
    });
    expect(problems).toEqual([{ path: 'a.oauth2.client_secret_file', message: expect.stringContaining('content') }]);
    expect(oauth2Of({ ...machine, client_secret_file: 'x' }, ['a'])).toMatchObject({
      clientSecret: { file: join(process.cwd(), 'x') },
    });
  });
});
