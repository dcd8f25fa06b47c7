import { describe, expect, it } from '@jest/globals';
import { ClosedError, NoTokenError } from '../src/errors.js';
import * as core from '../src/index.js';

const own = {
  AuthorizationHeaderError: () => new core.AuthorizationHeaderError('why'),
  ClientClosedError: () => new core.ClientClosedError(),
  ClosedError: () => new ClosedError('why'),
  ConfigurationError: () => new core.ConfigurationError([]),
  MissingSubjectError: () => new core.MissingSubjectError(),
  NoTokenError: () => new NoTokenError('why', { statusCode: 500 }),
  OriginError: () => new core.OriginError('why'),
  SubjectRefusedError: () => new core.SubjectRefusedError('why'),
  TokenRequestError: () => new core.TokenRequestError('why'),
  TokenTimeoutError: () => new core.TokenTimeoutError('why'),
  UnknownBackendError: () => new core.UnknownBackendError('why'),
};

describe('the name of an error', () => {
  it.each(Object.entries(own))('is %s, also where a bundler has shortened that of its class', (name, make) => {
    const { constructor: made } = make();
    Object.defineProperty(made, 'name', { value: 'e' });
    try {
      expect(make().name).toBe(name);
      expect(String(make())).toMatch(new RegExp(`^${name}: `));
      expect(Object.keys(make())).not.toContain('name');
    } finally {
      Object.defineProperty(made, 'name', { value: name });
    }
  });

  it("is its class's own where the application derives one", () => {
    class ShopError extends core.OAuth2BackendError {
      constructor() {
        super('why', { code: 'ERR_SHOP', statusCode: 500 });
      }
    }
    expect(new ShopError().name).toBe('ShopError');
  });
});
