import { describe, expect, it } from '@jest/globals';
import { clientCredentials } from '../../../src/token-request/grants/client-credentials.js';
import { draftOf } from '../../backends/resolved-oauth2.js';

describe('clientCredentials({ scope })', () => {
  it('writes grant_type and scope, nothing else', async () => {
    const { form, headers, secrets } = await draftOf(clientCredentials({ scope: 'b a' }));
    expect({ form, headers, secrets }).toEqual({
      form: { grant_type: 'client_credentials', scope: 'b a' },
      headers: {},
      secrets: [],
    });
  });

  it('writes no scope where there is none (RFC 6749 §3.2)', async () => {
    expect((await draftOf(clientCredentials({ scope: undefined }))).form).toEqual({ grant_type: 'client_credentials' });
  });
});
