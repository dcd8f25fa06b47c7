import { manyUsers } from './many-users.js';

manyUsers([
  ['Express', '@jmondi/oauth2-server', 10],
  ['Koa', 'oidc-provider', 10],
]);
