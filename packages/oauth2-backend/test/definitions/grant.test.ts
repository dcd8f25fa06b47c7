import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { oauth2Of, problemsOfOAuth2, warningsOf } from './outcome.js';

const folder = mkdtempSync(join(tmpdir(), 'grant-'));
const file = join(folder, 'value');
writeFileSync(file, 'a.b.c\n');
afterAll(() => rmSync(folder, { recursive: true }));

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const give = () => 'x';
const endpoint = { token_endpoint: 'https://as.example.com/token' };
const client = { ...endpoint, client_id: 'shop', client_secret: 's' };
const machine = { ...client, grant_type: 'client_credentials' };
const user = { ...client, grant_type: 'password' };
const bearer = { ...endpoint, grant_type: JWT_BEARER };
const profile = { signature_algorithm: 'HS256', key: 'k'.repeat(32), ttl: '1m' };

describe('grant_type', () => {
  it.each<[object, object]>([
    [machine, { grantType: 'client_credentials' }],
    [
      { ...user, username: 'u ä', password: 'p' },
      { grantType: 'password', username: 'u ä', password: 'p' },
    ],
    [{ ...user, username: 'u', password: give }, { password: give }],
    [{ ...user, username: 'u', password_file: file }, { password: { file } }],
    [
      { ...bearer, assertion: 'a.b.c' },
      { grantType: JWT_BEARER, assertion: 'a.b.c' },
    ],
    [{ ...bearer, assertion: give }, { assertion: give }],
    [{ ...bearer, assertion_file: file }, { assertion: { file } }],
    [
      { ...bearer, assertion: give, subject: give },
      { assertion: give, subject: give },
    ],
    [
      { ...bearer, jwt_signing_profile: { ...profile, claims: give }, subject: give },
      { signingFor: 'assertion', subject: give },
    ],
  ])('accepts %j', (block, meaning) => {
    expect(oauth2Of(block)).toMatchObject(meaning);
  });

  it.each<[object, readonly [path: string, message: string][]]>([
    [{ ...machine, username: 'u' }, [['username', 'is for grant "password" only']]],
    [{ ...machine, password: 'u' }, [['password', 'is for grant "password" only']]],
    [{ ...machine, password_file: file }, [['password_file', 'is for grant "password" only']]],
    [{ ...machine, assertion: 'a' }, [['assertion', `is for grant "${JWT_BEARER}" only`]]],
    [{ ...machine, assertion_file: file }, [['assertion_file', `is for grant "${JWT_BEARER}" only`]]],
    [{ ...machine, subject: give }, [['subject', `is for grant "${JWT_BEARER}" or "${TOKEN_EXCHANGE}" only`]]],
    [{ ...bearer, assertion: 'a', username: 'u' }, [['username', 'is for grant "password" only']]],
    [
      user,
      [
        ['username', 'is missing: is the environment variable set?'],
        ['password', 'is missing: is the environment variable set?'],
      ],
    ],
    [{ ...user, username: 'u', password: 'p', password_file: file }, [['password_file', 'is given beside "password"']]],
    [{ ...user, username: '', password: 'p' }, [['username', 'is empty: is the environment variable set?']]],
    [{ ...user, username: 'u', password: '' }, [['password', 'is empty: is the environment variable set?']]],
    [{ ...user, username: 'u', password: 7 }, [['password', 'must be a string or a function, not a number']]],
    [{ ...user, username: give, password: 'p' }, [['username', 'must be a string, not a function']]],
    [bearer, [['assertion', 'is missing: give it, "assertion_file", or a "jwt_signing_profile"']]],
    [{ ...bearer, assertion: undefined }, [['assertion', 'is missing']]],
    [{ ...bearer, assertion: '' }, [['assertion', 'is empty']]],
    [{ ...bearer, assertion: {} }, [['assertion', 'must be a string or a function, not an object']]],
    [{ ...bearer, assertion: 'a', assertion_file: file }, [['assertion_file', 'is given beside "assertion"']]],
    [{ ...bearer, assertion_file: folder }, [['assertion_file', 'is no file']]],
    [{ ...bearer, assertion: give, subject: 'me' }, [['subject', 'must be a function, not a string']]],
    [{ ...bearer, assertion: 'a', subject: give }, [['subject', 'does nothing without a function']]],
    [{ ...bearer, assertion_file: file, subject: give }, [['subject', 'does nothing without a function']]],
    [{ ...bearer, subject: give, jwt_signing_profile: 7 }, [['jwt_signing_profile', 'must be an object']]],
    [
      { ...bearer, subject: give, jwt_signing_profile: { ...profile, claims: { sub: 'x' } } },
      [['subject', 'does nothing without a function']],
    ],
  ])('refuses %j', (block, expected) => {
    expect(problemsOfOAuth2(block)).toEqual(
      expected.map(([path, message]) => ({ path: `a.oauth2.${path}`, message: expect.stringContaining(message) })),
    );
  });

  it('warns once of password, and of no other (rule 70)', () => {
    expect(warningsOf({ ...user, username: 'u', password: 'p' })).toEqual([
      'a.oauth2: grant "password" must not be used where the server has another (RFC 9700 §2.4)',
    ]);
    expect(warningsOf(machine)).toEqual([]);
    expect(warningsOf({ ...bearer, assertion: 'a' })).toEqual([]);
  });

  it('needs no user and no assertion where options.tokens gives the tokens', () => {
    expect(oauth2Of(user, ['a'])).toMatchObject({ username: '', password: '' });
    expect(oauth2Of(bearer, ['a'])).not.toHaveProperty('assertion');
    expect(oauth2Of({ ...bearer, assertion_file: '/nowhere' }, ['a'])).toMatchObject({
      assertion: { file: '/nowhere' },
    });
  });
});

describe('issuer', () => {
  it.each(['https://as.example.com', 'HTTPS://as.example.com/a//b/', 'http://localhost:1/x'])('keeps %s', (issuer) => {
    expect(oauth2Of({ ...machine, issuer })).toMatchObject({ issuer });
  });

  it.each([
    'as.example.com',
    'https://as.example.com?x',
    'https://as.example.com#x',
    'https://u:p@as.example.com',
    'https://as.example.com:x',
    'urn:as',
    'https://as.example.com/ ',
    '',
    7,
    null,
  ])('refuses %p', (issuer) => {
    expect(problemsOfOAuth2({ ...machine, issuer }).map(({ path }) => path)).toEqual(['a.oauth2.issuer']);
  });
});
