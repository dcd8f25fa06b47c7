import { describe, expect, it } from '@jest/globals';
import { password } from '../../../src/token-request/grants/password.js';
import { draftOf } from '../../backends/resolved-oauth2.js';

const user = { backend: 'billing', username: 'ann ä', scope: 'read' };

describe('password({ username, password, scope })', () => {
  it('writes the form and keeps the password out of errors', async () => {
    const draft = await draftOf(password({ ...user, password: 'p:ä €' }));
    expect(draft.form).toEqual({ grant_type: 'password', username: 'ann ä', password: 'p:ä €', scope: 'read' });
    expect(draft.secrets).toEqual(['p:ä €']);
    expect(draft.headers).toEqual({});
  });

  it('asks a function at each attempt and keeps nothing of it (RFC 6749 §4.3.1)', async () => {
    const passwords = ['one', 'two'];
    const part = password({ ...user, password: async () => passwords.shift() ?? 'none' });
    expect((await draftOf(part)).form['password']).toBe('one');
    expect((await draftOf(part)).form['password']).toBe('two');
  });

  it('fails by name when the function gives nothing', async () => {
    await expect(draftOf(password({ ...user, password: () => '' }))).rejects.toMatchObject({
      code: 'ERR_OAUTH2_NO_TOKEN',
      statusCode: 502,
      message: 'password of "billing" could not be had: its function gave an empty string',
    });
  });
});
