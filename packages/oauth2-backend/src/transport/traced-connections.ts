/** undici's connections, whose requests carry one trace each, that of the request they were made for. */

import { Agent, Client, type Dispatcher } from 'undici';
import { inKeptContext, keepContext, requestCreated, watchTrace } from './trace-headers.js';

/** Notes where each request comes from. */
export class TracedAgent extends Agent {
  override dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (requestCreated.hasSubscribers) keepContext(request);
    return super.dispatch(request, handler);
  }
}

/** Makes the requests, perhaps much later: a pool keeps those for which there is no connection. */
export class TracedClient extends Client {
  override dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (!requestCreated.hasSubscribers) return super.dispatch(request, handler);
    const made = watchTrace(request);
    try {
      return inKeptContext(request, () => super.dispatch(request, handler));
    } finally {
      made();
    }
  }
}
