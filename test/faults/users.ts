/** Many users of one backend, each with an assertion and so a token of their own. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { type Backend, type Backends, createBackends, type OAuth2Definition, requestContext } from 'oauth2-backend';
import { type SteppedClock, steppedClock } from './stepped-clock.js';

export interface Users {
  readonly clock: SteppedClock;
  readonly backends: Backends;
  /** The backend as the inbound request of this user has it. */
  of(user: string): Backend;
}

/** Assertions are `assertion-of-` and the user's name. */
export function users(options: {
  origin: string;
  token_endpoint: string;
  backend?: OAuth2Definition['backend'];
}): Users {
  const { origin, token_endpoint, backend = {} } = options;
  const clock = steppedClock();
  const oauth2 = {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    token_endpoint,
    backend,
    assertion: (context: { inbound: unknown } | undefined) => `assertion-of-${String(context?.inbound)}`,
  } as const;
  const backends = createBackends({ api: { origin, oauth2 } }, { clock });
  return {
    clock,
    backends,
    of(user) {
      const request = new IncomingMessage(new Socket());
      return backends.for(requestContext(request, new ServerResponse(request), user)).api;
    },
  };
}
