/** `forward` of express-oauth2-backend. */
import { backends, forward } from 'express-oauth2-backend';
import { definitions } from './definitions.js';

/** As its users mount it. */
export function attach(application, options) {
  application.use(backends(definitions(options)));
  application.use('/api', forward('api'));
}
