/** What can be turned at the authorization server, beside what goes wrong for a while. */
import { type Client, SECRET } from '../clients.js';
import type { Knobs } from '../knobs/knob.js';
import { KnobError } from '../knobs/knob-query.js';
import type { IssuedTokens } from '../tokens/issued-tokens.js';
import type { Storage } from './storage.js';
import type { TokenIssuer } from './token-issuer.js';

export interface ServerState {
  readonly clients: readonly Client[];
  readonly issued: IssuedTokens;
  readonly storage: Storage;
  readonly issuer: TokenIssuer;
}

export function serverKnobs(state: ServerState): Knobs {
  let secrets = 1;
  return {
    revoke: {
      text: 'The API refuses all tokens issued so far, or those of a client; refresh=yes: their refresh tokens are no good either.',
      query: 'client=&refresh=no',
      turn(query) {
        const client = query.text('client');
        if (client !== undefined) named(client);
        const refresh = query.choice('refresh', ['no', 'yes']) === 'yes';
        const revoked = state.issued.revoke(client);
        return { revoked, ...(refresh && { refresh_tokens: state.storage.forgetRefreshTokens(client) }) };
      },
    },
    rotate: {
      text: 'what=key: a new signing key, tokens signed by the old one are refused; what=secret: a new secret of the client, which the answer shows.',
      query: 'what=key&client=shop',
      async turn(query) {
        if (query.choice('what', ['key', 'secret']) === 'key') return { kid: await state.issuer.rotateKey() };
        const client = named(query.text('client') ?? '');
        if (client.client_secret === undefined) throw new KnobError('client: has no secret');
        secrets += 1;
        client.client_secret = client.client_secret.replace(/^[a-z]+\d*/, `${SECRET}${secrets}`);
        return { client_id: client.client_id, client_secret: client.client_secret };
      },
    },
    life: {
      text: 'New tokens live so many seconds.',
      query: 'seconds=300',
      turn(query) {
        state.issuer.life = query.integer('seconds', 1, 86_400);
        return { seconds: state.issuer.life };
      },
    },
  };

  function named(id: string): Client {
    const client = state.clients.find(({ client_id }) => client_id === id);
    if (client) return client;
    throw new KnobError(`client: ${state.clients.map(({ client_id }) => client_id).join(' or ')}`);
  }
}
