import { manyUsers } from './many-users.js';

manyUsers([
  ['Express', 'oidc-provider', 50],
  ['Koa', '@jmondi/oauth2-server', 50],
]);
