import type { ResolvedOAuth2 } from '../../src/definitions/resolved.js';
import {
  type DraftPart,
  emptyDraft,
  type Occasion,
  type TokenRequestDraft,
} from '../../src/token-request/token-request-draft.js';

/** A block as validation gives it: client credentials and Basic unless the test says otherwise. */
export function resolvedOAuth2(changes: Partial<ResolvedOAuth2> = {}): ResolvedOAuth2 {
  return {
    grantType: 'client_credentials',
    tokenEndpoint: 'https://as.example/token',
    clientAuth: 'client_secret_basic',
    clientId: 'shop',
    clientSecret: 's3cret-of-the-shop',
    params: [],
    retries: 1,
    refusedStatuses: [401],
    defaultTtl: 300_000,
    explicitTtl: false,
    renewBefore: { fraction: 0.25 },
    basicEncoding: 'form',
    // biome-ignore lint/suspicious/noExplicitAny: grants and client authentication do not look at it
    tokenBackend: undefined as any,
    ...changes,
  };
}

/** What the part writes into an empty draft. */
export async function draftOf(part: DraftPart, occasion: Occasion = {}): Promise<TokenRequestDraft> {
  const draft = emptyDraft();
  await part(draft, occasion);
  return draft;
}
