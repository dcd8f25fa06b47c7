import { expect, it } from '@jest/globals';
import { TokenRequestError } from '../../src/errors.js';
import type { RefreshMemory } from '../../src/token-request/grant-source.js';
import { refreshedSource } from '../../src/token-request/granted-source.js';

it('refreshedSource(endpoint, grant, memory) does not turn to the grant when the renewal has ended with the refusal', async () => {
  const renewal = new AbortController();
  const asked: unknown[] = [];
  const endpoint = {
    async ask(grant: unknown): Promise<never> {
      asked.push(grant);
      renewal.abort('over');
      throw new TokenRequestError('refused', { response: { status: 400, error: 'invalid_grant' } });
    },
  };
  const grant = async () => {};
  const memory: RefreshMemory = { current: { value: 'r1', scope: undefined } };
  const source = refreshedSource(endpoint, grant, memory);
  await expect(source.token({ signal: renewal.signal })).rejects.toBe('over');
  expect(asked).toHaveLength(1);
  expect(memory.current).toBeUndefined();
});
