import { describe, expect, it } from '@jest/globals';
import { clientAuth } from '../../../src/token-request/client-auth/client-auth.js';
import { draftOf, resolvedOAuth2 } from '../../backends/resolved-oauth2.js';
import { manualClock } from '../../sources/manual-clock.js';

const by = (method: 'none' | undefined) =>
  draftOf(clientAuth({ backend: 'billing', oauth2: resolvedOAuth2({ clientAuth: method }), clock: manualClock() }));

describe('a client that does not authenticate', () => {
  it('names itself with the method none', async () => {
    const { form, headers, secrets } = await by('none');
    expect({ form, headers, secrets }).toEqual({ form: { client_id: 'shop' }, headers: {}, secrets: [] });
  });

  it('writes nothing where there is no method', async () => {
    const { form, headers } = await by(undefined);
    expect({ form, headers }).toEqual({ form: {}, headers: {} });
  });
});
