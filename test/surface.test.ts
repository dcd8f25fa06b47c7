import { describe, expect, it } from '@jest/globals';

/** What each package exports at run time, in any order. What is not built yet is not exported. */
const surface: Readonly<Record<string, readonly string[]>> = {
  'oauth2-backend': [
    'createBackends',
    'requestBackends',
    'requestContext',
    'requestForward',
    'bearer',
    'reuse',
    'bearerGot',
    'bearerFetch',
    'bearerInterceptor',
    'staticToken',
    'sealing',
    'tokenSource',
    'stepUpOf',
    'OAuth2BackendError',
    'ConfigurationError',
    'TokenRequestError',
    'TokenTimeoutError',
    'OriginError',
    'AuthorizationHeaderError',
    'UnknownBackendError',
    'ClientClosedError',
    'MissingSubjectError',
    'SubjectRefusedError',
  ],
  'express-oauth2-backend': ['backends', 'forward'],
  'koa-oauth2-backend': ['backends', 'forward'],
  'oauth2-backend-redis': ['redisStore'],
  'oauth2-backend-playground': ['playground', 'PortError'],
  'oauth2-backend/store-contract': ['storeContract'],
};

describe.each(Object.entries(surface))('import %s', (name, expected) => {
  it('gives exactly the documented names', async () => {
    const module: object = await import(name);
    expect(Object.keys(module).sort()).toEqual([...expected].sort());
  });
});
