/** Users with a token each. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { createBackends, requestContext } from 'oauth2-backend';
import { memory } from '../measuring/memory.js';
import { sharedStore } from '../servers/shared-store.js';
import { answerParent } from './answer-parent.js';

const TOGETHER = 50;
let backends;

answerParent({
  async open({ origin, tokenEndpoint, client, redis }) {
    const oauth2 = {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      token_endpoint: tokenEndpoint,
      client_id: client,
      client_secret: 'secret',
      subject: (context) => context.inbound.user,
      assertion: (context) => `assertion.of.${context.inbound.user}`,
    };
    const store = await sharedStore(redis);
    backends = createBackends({ api: { origin, oauth2 } }, { maxIdentities: 20_000, store });
  },
  /** Gets a token for users `first` to `first + count - 1`: `{ characters, identities }`, of these tokens and of all. */
  async enter({ first, count }) {
    let characters = 0;
    for (let i = first; i < first + count; i += TOGETHER) {
      const together = Array.from({ length: Math.min(TOGETHER, first + count - i) }, (_, j) => lengthOf(i + j));
      for (const length of await Promise.all(together)) characters += length;
    }
    return { characters, identities: backends.status()[0].counts.identities };
  },
  memory,
});

async function lengthOf(user) {
  const request = new IncomingMessage(new Socket());
  const context = requestContext(request, new ServerResponse(request), { user: `user-${user}` });
  const { value } = await backends.for(context).api.token();
  return value.length;
}
