import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { oauth2Of, problemsOfOAuth2 } from './outcome.js';

const folder = mkdtempSync(join(tmpdir(), 'exchange-'));
const file = join(folder, 'actor');
writeFileSync(file, 'an.actor.token\n');
afterAll(() => rmSync(folder, { recursive: true }));

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';
const give = () => 'x';
const endpoint = { token_endpoint: 'https://as.example.com/token' };
const exchange = { ...endpoint, grant_type: TOKEN_EXCHANGE, client_id: 'shop', client_secret: 's' };
const actor = { actor_token: 'a', actor_token_type: JWT };

describe('grant_type token-exchange', () => {
  it.each<[object, object]>([
    [{}, { subjectTokenType: ACCESS_TOKEN, verified: false }],
    [{ subject_token: give }, { subjectToken: give, subjectTokenType: ACCESS_TOKEN, verified: false }],
    [
      { subject_token: give, require_verified_subject: true, subject_token_type: 'https://as.example.com/legacy' },
      { subjectToken: give, subjectTokenType: 'https://as.example.com/legacy', verified: true },
    ],
    [actor, { subjectTokenType: ACCESS_TOKEN, verified: false, actor: { token: 'a', type: JWT } }],
    [{ ...actor, actor_token: give }, { actor: { token: give, type: JWT } }],
    [{ actor_token_file: file, actor_token_type: JWT }, { actor: { token: { file }, type: JWT } }],
    [{ requested_token_type: JWT }, { requestedTokenType: JWT }],
  ])('accepts %j', (attributes, meaning) => {
    expect(oauth2Of({ ...exchange, ...attributes })).toMatchObject({ grantType: TOKEN_EXCHANGE, exchange: meaning });
  });

  it('has no actor and no requested type unless they are configured', () => {
    expect(oauth2Of(exchange).exchange).toEqual({ subjectTokenType: ACCESS_TOKEN, verified: false });
  });

  it('authenticates the client only when it is named', () => {
    expect(oauth2Of({ ...endpoint, grant_type: TOKEN_EXCHANGE })).toMatchObject({ clientAuth: undefined });
    expect(oauth2Of(exchange)).toMatchObject({ clientAuth: 'client_secret_basic', clientId: 'shop' });
    expect(problemsOfOAuth2({ ...endpoint, grant_type: TOKEN_EXCHANGE, client_secret: 's' })).toEqual([
      { path: 'a.oauth2.client_secret', message: expect.stringContaining('needs "client_id"') },
    ]);
  });

  it.each<[object, readonly [path: string, message: string][]]>([
    [{ subject_token: 'a.b.c' }, [['subject_token', 'must be a function, not a string']]],
    [{ subject_token_type: 'jwt' }, [['subject_token_type', `must be a URI such as "${ACCESS_TOKEN}"`]]],
    [{ subject_token_type: '' }, [['subject_token_type', 'must be a URI']]],
    [{ subject_token_type: 7 }, [['subject_token_type', 'must be a string, not a number']]],
    [{ requested_token_type: 'urn:a b' }, [['requested_token_type', 'must be a URI']]],
    [{ require_verified_subject: true }, [['subject_token', 'is missing: with "require_verified_subject"']]],
    [{ require_verified_subject: 'yes' }, [['require_verified_subject', 'must be true or false']]],
    // Rule 79, both ways.
    [{ actor_token: 'a' }, [['actor_token_type', 'is missing: it goes with "actor_token"']]],
    [{ actor_token_file: file }, [['actor_token_type', 'is missing']]],
    [{ actor_token_type: JWT }, [['actor_token', 'is missing: is the environment variable set?']]],
    [{ ...actor, actor_token_file: file }, [['actor_token_file', 'is given beside "actor_token"']]],
    [{ ...actor, actor_token: '' }, [['actor_token', 'is empty']]],
    [{ ...actor, actor_token: {} }, [['actor_token', 'must be a string or a function, not an object']]],
    [{ actor_token_file: folder, actor_token_type: JWT }, [['actor_token_file', 'is no file']]],
    [{ assertion: 'a' }, [['assertion', 'is for grant']]],
    [{ params: { subject_token: 'a' } }, [['params.subject_token', 'is set by the client itself']]],
  ])('refuses %j', (attributes, expected) => {
    expect(problemsOfOAuth2({ ...exchange, ...attributes })).toEqual(
      expected.map(([path, message]) => ({ path: `a.oauth2.${path}`, message: expect.stringContaining(message) })),
    );
  });

  it.each([
    'subject_token',
    'subject_token_type',
    'require_verified_subject',
    'actor_token',
    'actor_token_file',
    'actor_token_type',
    'requested_token_type',
  ])('has %s for itself', (name) => {
    const values: Record<string, unknown> = { subject_token: give, require_verified_subject: false, actor_token: 'a' };
    const block = { ...endpoint, client_id: 'shop', client_secret: 's', [name]: values[name] ?? JWT };
    expect(problemsOfOAuth2({ ...block, grant_type: 'client_credentials' })).toEqual([
      { path: `a.oauth2.${name}`, message: `is for grant "${TOKEN_EXCHANGE}" only` },
    ]);
  });

  it("needs no actor's token where options.tokens gives the tokens", () => {
    expect(problemsOfOAuth2({ ...exchange, actor_token_type: JWT }, ['a'])).toEqual([]);
    const away = { ...exchange, actor_token_file: '/nowhere', actor_token_type: JWT };
    expect(problemsOfOAuth2(away, ['a'])).toEqual([]);
  });
});
