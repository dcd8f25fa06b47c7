/** The applications that call the API on behalf of their users. */
import { expressApp, verified as verifiedByExpress } from './express-app.js';
import { koaApp, verified as verifiedByKoa } from './koa-app.js';

const exchange = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  require_verified_subject: true,
};

/** By name: which client they use, how they are made, and how they get tokens. */
export const onBehalfOfApps = {
  express: { client: 'got', make: expressApp, oauth2: { ...exchange, subject_token: verifiedByExpress } },
  koa: { client: 'fetch', make: koaApp, oauth2: { ...exchange, subject_token: verifiedByKoa } },
};
