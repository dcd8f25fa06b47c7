/** `bearerInterceptor` on a user's own dispatcher. */
import { Agent } from 'undici';
import { ourBackend } from './our-backend.js';

/** Composed with an agent; `undefined` while there is no such export. */
export async function open(options) {
  const core = await import('oauth2-backend');
  if (core.bearerInterceptor === undefined) return undefined;
  const { origin, connections } = options;
  const backend = ourBackend(options);
  const source = core.reuse({ token: (query) => backend.token(query) });
  const agent = new Agent(connections === undefined ? {} : { connections });
  const dispatcher = agent.compose(core.bearerInterceptor(core.bearer(source, { origin })));
  return async (path) => {
    const { statusCode, body } = await dispatcher.request({ origin, path, method: 'GET' });
    await body.json();
    return statusCode;
  };
}
