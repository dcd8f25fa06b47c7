/** `forward` of express-oauth2-backend. */
import { definitions } from './definitions.js';

/** `false` while there is no such export. */
export async function attach(application, options) {
  const adapter = await import('express-oauth2-backend');
  if (adapter.forward === undefined) return false;
  application.use(adapter.backends(definitions(options)));
  application.use('/api', adapter.forward('api'));
  return true;
}
