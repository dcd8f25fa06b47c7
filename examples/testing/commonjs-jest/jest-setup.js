/** Whoever requires one of these, test or application, gets what Node's `require` gives. */
'use strict';

for (const name of ['oauth2-backend', 'express-oauth2-backend']) {
  jest.doMock(name, () => nodeRequire(name));
}
