import { describe, expect, it } from '@jest/globals';
import { clientCredentials } from '../../src/grants/client-credentials.js';
import type { TokenRequestDraft } from '../../src/token-request.js';

async function draftOf(scope: string | undefined): Promise<TokenRequestDraft> {
  const draft: TokenRequestDraft = { form: { audience: 'a' }, headers: {}, secrets: [] };
  await clientCredentials({ scope })(draft, undefined);
  return draft;
}

describe('clientCredentials({ scope })', () => {
  it('writes grant_type and scope, nothing else', async () => {
    expect(await draftOf('b a')).toEqual({
      form: { audience: 'a', grant_type: 'client_credentials', scope: 'b a' },
      headers: {},
      secrets: [],
    });
  });

  it('writes no scope where there is none (RULES 7)', async () => {
    expect((await draftOf(undefined)).form).toEqual({ audience: 'a', grant_type: 'client_credentials' });
  });
});
