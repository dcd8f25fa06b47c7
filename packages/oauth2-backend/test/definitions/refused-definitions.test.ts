/** What is refused, where and in which words. */

import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { resolveDefinitions } from '../../src/definitions/resolve/definitions.js';
import { ConfigurationError, type Problem } from '../../src/errors.js';

const CANARY = 'canary-7f3a';

const oauth2 = {
  grant_type: 'client_credentials',
  token_endpoint: 'https://as.example.com/token',
  client_id: 'shop',
  client_secret: 'hush',
};
const as = { origin: 'https://as.example.com', path_prefix: '/tenant' };

function refusal(definitions: unknown, tokenNames: readonly string[] = []): ConfigurationError {
  try {
    resolveDefinitions(definitions, tokenNames);
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error('accepted');
}

function problems(definitions: unknown, tokenNames?: readonly string[]): readonly Problem[] {
  return refusal(definitions, tokenNames).problems;
}

/** The problems of one backend `a`, with the given attributes. */
const ofBackend = (attributes: object) => problems({ a: { origin: 'https://api.example.com', ...attributes } });
const ofOAuth2 = (attributes: object, backend: object = {}) =>
  ofBackend({ ...backend, oauth2: { ...oauth2, ...attributes } });

describe('resolveDefinitions(definitions) refuses', () => {
  it.each([
    [undefined, 'must be an object, not nothing'],
    [null, 'must be an object, not null'],
    [new Map([['a', {}]]), 'must be an object, not an iterable'],
    [[], 'must be an object, not an array'],
    ['x', 'must be an object, not a string'],
    [() => 1, 'must be an object, not a function'],
  ])('%p as definitions', (definitions, message) => {
    expect(problems(definitions)).toEqual([{ path: '', message }]);
  });

  it.each(['then', 'toJSON', 'constructor', 'prototype', '__proto__', '1a', '', 'a b', 'a.b', 'ä', '_a'])(
    'the name %p',
    (name) => {
      const found = problems(JSON.parse(`{${JSON.stringify(name)}: {"origin": "https://a"}}`));
      expect(found).toEqual([
        { path: expect.anything(), message: expect.stringContaining('is no name for a backend') },
      ]);
    },
  );

  it('a backend that is called "$schema"', () => {
    const a = { origin: 'https://api.example.com' };
    expect(problems({ $schema: a, a })).toEqual([
      { path: '$schema', message: 'is the address of a schema, a string; it is no backend' },
    ]);
  });

  it.each([null, undefined, 7, 'https://a', []])('%p as a backend, and says only that', (a) => {
    expect(problems({ a })).toEqual([{ path: 'a', message: expect.stringContaining('must be an object, not') }]);
  });

  it.each<[object, string, string]>([
    [{ orgin: 'x' }, 'a.orgin', 'unknown attribute; did you mean "origin"?'],
    [{ pathPrefix: '/x' }, 'a.pathPrefix', 'unknown attribute; did you mean "path_prefix"?'],
    [{ frobnicate: 1 }, 'a.frobnicate', 'unknown attribute'],
    [{ constructor: 1 }, 'a.constructor', 'unknown attribute'],
    [{ origin: undefined }, 'a.origin', 'is missing: scheme://host[:port]'],
    [{ origin: null }, 'a.origin', 'not null'],
    [{ origin: 7 }, 'a.origin', 'not a number'],
    [{ origin: 'api.example.com' }, 'a.origin', 'must be scheme://host[:port]'],
    [{ origin: 'ftp://api.example.com' }, 'a.origin', 'http or https'],
    [{ origin: 'https://api.example.com/v1' }, 'a.origin', 'without user info, path, query and fragment'],
    [{ origin: 'https://api.example.com?x' }, 'a.origin', 'without user info, path, query and fragment'],
    [{ origin: 'https://api.example.com#x' }, 'a.origin', 'without user info, path, query and fragment'],
    [{ origin: 'https://u:p@api.example.com' }, 'a.origin', 'without user info'],
    [{ origin: 'https://@api.example.com' }, 'a.origin', 'without user info'],
    [{ origin: 'https:\\\\api.example.com' }, 'a.origin', 'backslashes'],
    [{ origin: 'https://api.exa\tmple.com' }, 'a.origin', 'control characters'],
    [{ origin: ' https://api.example.com' }, 'a.origin', 'spaces'],
    [{ origin: 'https://api.example.com:99999' }, 'a.origin', 'host or port is not valid'],
    [{ origin: 'https://api.example.com:0' }, 'a.origin', 'host or port is not valid'],
    [{ origin: 'https:///x' }, 'a.origin', 'must be scheme://host[:port]'],
    [{ path_prefix: 'v1' }, 'a.path_prefix', 'one slash first'],
    [{ path_prefix: '//evil' }, 'a.path_prefix', 'one slash first'],
    [{ path_prefix: '/v1?x' }, 'a.path_prefix', 'no query'],
    [{ path_prefix: '/v1#x' }, 'a.path_prefix', 'no fragment'],
    [{ path_prefix: '/\\evil' }, 'a.path_prefix', 'backslashes'],
    [{ path_prefix: '/a\nb' }, 'a.path_prefix', 'control characters'],
    [{ path_prefix: '/a/../b' }, 'a.path_prefix', '".."'],
    [{ path_prefix: '/a/.' }, 'a.path_prefix', '".."'],
    [{ path_prefix: '/100%' }, 'a.path_prefix', 'percent-encoded once'],
    [{ path_prefix: '/%c0%ae%c0%ae' }, 'a.path_prefix', 'percent-encoded once'],
    [{ path_prefix: '/a/%ef%bc%8e%ef%bc%8e/b' }, 'a.path_prefix', '".."'],
    [{ path_prefix: '/a/%2E%2e/b' }, 'a.path_prefix', '".."'],
    [{ path_prefix: '/a/%252e%25252E' }, 'a.path_prefix', '".."'],
    [{ path_prefix: '/a%2f..%5cb' }, 'a.path_prefix', '".."'],
    [{ path_prefix: '/a/..;x' }, 'a.path_prefix', '".."'],
    [{ path_prefix: `/${'a'.repeat(2048)}` }, 'a.path_prefix', 'longer than'],
    [{ timeout: 10 }, 'a.timeout', 'not a number'],
    [{ timeout: '10' }, 'a.timeout', 'a duration with units'],
    [{ connect_timeout: '25d' }, 'a.connect_timeout', 'a duration with units'],
    [{ ttfb_timeout: '577h' }, 'a.ttfb_timeout', 'at most 24 days'],
    [{ remove_request_headers: 'accept' }, 'a.remove_request_headers', 'must be an array, not a string'],
    [{ remove_request_headers: ['a', 1] }, 'a.remove_request_headers[1]', 'must be a header name, not a number'],
    [{ remove_request_headers: ['Host'] }, 'a.remove_request_headers[0]', 'belongs to the connection'],
    [
      { set_request_headers: { 'x-a': [() => 'a'] } },
      'a.set_request_headers.x-a[0]',
      'must be a string, not a function',
    ],
    [{ add_request_headers: { host: () => 'a' } }, 'a.add_request_headers.host', 'belongs to the'],
    [{ oauth2, set_request_headers: { Authorization: () => 'a' } }, 'a.set_request_headers.Authorization', 'carries'],
    [{ remove_query_params: [() => 'a'] }, 'a.remove_query_params[0]', 'must be a string, not a function'],
    [{ set_request_headers: ['a'] }, 'a.set_request_headers', 'must be an object, not an array'],
    [{ set_request_headers: new Headers({ a: 'b' }) }, 'a.set_request_headers', 'must be an object, not an iterable'],
    [{ set_request_headers: { 'Content-Length': '1' } }, 'a.set_request_headers.Content-Length', 'belongs to the'],
    [{ set_request_headers: { 'a b': '1' } }, 'a.set_request_headers["a b"]', 'no valid header name'],
    [{ set_request_headers: { '': '1' } }, 'a.set_request_headers[""]', 'no valid header name'],
    [{ add_request_headers: { TE: '1' } }, 'a.add_request_headers.TE', 'belongs to the connection'],
    [{ add_request_headers: { a: 'x\r\ny' } }, 'a.add_request_headers.a', 'no valid header value'],
    [{ add_request_headers: { a: ['x', '€'] } }, 'a.add_request_headers.a[1]', 'no valid header value'],
    [{ add_request_headers: { a: [] } }, 'a.add_request_headers.a', 'is empty'],
    [{ add_request_headers: { a: null } }, 'a.add_request_headers.a', 'must be a string, not null'],
    [{ add_request_headers: { a: 'x', A: 'y' } }, 'a.add_request_headers.A', 'given twice'],
    [{ abort_on_disconnect: 'save' }, 'a.abort_on_disconnect', 'one of "safe", true, false; did you mean "safe"?'],
    [{ abort_on_disconnect: 'true' }, 'a.abort_on_disconnect', 'did you mean true?'],
    [{ allow_http: 'yes' }, 'a.allow_http', 'must be true or false, not a string'],
    [{ token_header: 'x-token' }, 'a.token_header', 'does nothing without "oauth2"'],
    [{ token_prefix: '' }, 'a.token_prefix', 'does nothing without "oauth2"'],
    [{ oauth2, token_header: 'a b' }, 'a.token_header', 'no valid header name'],
    [{ oauth2, token_header: '' }, 'a.token_header', 'no valid header name'],
    [{ oauth2, token_header: 7 }, 'a.token_header', 'must be a header name, not a number'],
    [{ oauth2, token_header: 'Host' }, 'a.token_header', 'belongs to the connection'],
    [{ oauth2, token_header: 'Content-Type' }, 'a.token_header', 'has a meaning of its own'],
    [{ oauth2, token_header: 'User-Agent' }, 'a.token_header', 'has a meaning of its own'],
    [{ oauth2, token_header: 'accept' }, 'a.token_header', 'has a meaning of its own'],
    [{ oauth2, token_header: '__proto__' }, 'a.token_header', 'has a meaning of its own'],
    [{ oauth2, token_prefix: 7 }, 'a.token_prefix', 'must be a string, not a number'],
    [{ oauth2, token_prefix: ' x' }, 'a.token_prefix', 'no space first'],
    [{ oauth2, token_prefix: 'x\n' }, 'a.token_prefix', 'without controls'],
    [{ oauth2, token_prefix: 'Token ', basic_auth: 'u:p' }, 'a.basic_auth', 'does not go with "oauth2"'],
    [{ oauth2, token_header: 'AUTHORIZATION', basic_auth: 'u:p' }, 'a.basic_auth', 'does not go with "oauth2"'],
    [
      { oauth2, token_header: 'X-Token', set_request_headers: { 'x-TOKEN': 'x' } },
      'a.set_request_headers.x-TOKEN',
      'x-token carries the token',
    ],
    [
      { oauth2, token_header: 'X-Token', basic_auth: 'u:p', remove_request_headers: ['authorization'] },
      'a.remove_request_headers[0]',
      'Authorization carries "basic_auth"',
    ],
    [
      { oauth2, token_header: 'X-Own', forward_headers: ['x-own'] },
      'a.forward_headers',
      'must not name x-own: it carries the token',
    ],
    [{ oauth2: null }, 'a.oauth2', 'must be an object or a token source, not null'],
    [{ oauth2: () => 1 }, 'a.oauth2', 'must be an object or a token source, not a function'],
    [{ oauth2, origin: 'http://api.lan' }, 'a.origin', 'must be https, or http on loopback only'],
    [{ oauth2: { token() {} }, origin: 'http://api.lan' }, 'a.origin', 'must be https, or http on loopback only'],
    [{ oauth2, origin: 'http://127.0.0.1.example.com' }, 'a.origin', 'must be https, or http on loopback only'],
    [{ oauth2, origin: 'http://notlocalhost' }, 'a.origin', 'must be https, or http on loopback only'],
    [{ oauth2, remove_request_headers: ['AUTHORIZATION'] }, 'a.remove_request_headers[0]', 'Authorization'],
    [{ oauth2, set_request_headers: { Authorization: 'x' } }, 'a.set_request_headers.Authorization', 'Authorization'],
  ])('a backend with %j', (attributes, path, message) => {
    expect(ofBackend(attributes)).toEqual([{ path, message: expect.stringContaining(message) }]);
  });

  it.each<[object, string, string]>([
    [{ grant_type: undefined }, 'grant_type', 'is missing: one of "client_credentials", "password", "urn:'],
    [{ grant_type: 'jwt-bearer' }, 'grant_type', 'must be one of "client_credentials", "password", "urn:'],
    [{ grant_type: 'client_credential' }, 'grant_type', 'did you mean "client_credentials"?'],
    [{ token_endpoint: undefined }, 'token_endpoint', 'is missing: URL or path'],
    [{ token_endpoint: 'http://as.lan/token' }, 'token_endpoint', 'must be https, or http on loopback only'],
    [{ token_endpoint: 'https://as.example.com/token#' }, 'token_endpoint', 'must not have a fragment'],
    [{ token_endpoint: 'https://as.example.com?a#x' }, 'token_endpoint', 'must not have a fragment'],
    [{ token_endpoint: 'https://u:p@as.example.com/token' }, 'token_endpoint', 'must not hold user info'],
    [{ token_endpoint: 'https://as.example.com/a/%2e./token' }, 'token_endpoint', '".."'],
    [{ token_endpoint: 'https://as.example.com/to ken' }, 'token_endpoint', 'spaces'],
    [{ token_endpoint: 'https://as.example.com:x/token' }, 'token_endpoint', 'must be an absolute URL'],
    [{ token_endpoint: 'https://as.example.com:0/token' }, 'token_endpoint', 'must be an absolute URL'],
    [{ token_endpoint: 'as.example.com/token' }, 'token_endpoint', 'must be an absolute URL'],
    [{ token_endpoint: '//as.example.com/token' }, 'token_endpoint', 'must be an absolute URL'],
    [{ token_endpoint: '/token' }, 'token_endpoint', 'is a path: needs a token backend'],
    [{ token_endpoint: '/token', backend: {} }, 'backend.origin', 'is missing: "token_endpoint" is a path'],
    [{ token_endpoint: '/t', backend: { origin: 'http://as.lan' } }, 'token_endpoint', 'must be https'],
    [{ backend: 'ass' }, 'backend', 'no backend has this name'],
    [{ backend: 7 }, 'backend', "must be a backend's name or an object, not a number"],
    [{ backend: 'a', token_endpoint_auth_method: 'client_secret_post' }, 'backend', 'round in a circle: a, a'],
    [{ backend: { origin: 'https://as2.example.com' } }, 'token_endpoint', 'lies outside its token backend'],
    [{ backend: { path_prefix: '/tok' } }, 'token_endpoint', 'lies outside its token backend'],
    [{ backend: { orgin: '' } }, 'backend.orgin', 'did you mean "origin"?'],
    [{ backend: { oauth2 } }, 'backend.oauth2', 'by Basic in the Authorization header'],
    [
      { backend: { add_request_headers: { authorization: 'x' } } },
      'backend.add_request_headers.authorization',
      'Basic',
    ],
    [{ token_endpoint_auth_method: 'NONE' }, 'token_endpoint_auth_method', 'must be one of "client_secret_basic"'],
    [{ token_endpoint_auth_method: 'client_secret_bsic' }, 'token_endpoint_auth_method', 'mean "client_secret_basic"?'],
    [{ client_id: undefined }, 'client_id', 'is missing: string'],
    [{ client_id: '' }, 'client_id', 'is empty'],
    [{ client_id: 'a\u0000' }, 'client_id', 'must not hold control characters'],
    [{ client_secret: undefined }, 'client_secret', 'is missing: is the environment variable set?'],
    [{ client_secret: '' }, 'client_secret', 'is empty: is the environment variable set?'],
    [{ client_secret: 'a\n' }, 'client_secret', 'must not hold control characters'],
    [{ client_secret: 'a\ud800' }, 'client_secret', 'must not hold control characters'],
    [{ client_secret: 7 }, 'client_secret', 'must be a string or a function, not a number'],
    [{ scope: 'a  b' }, 'scope', 'single spaces'],
    [{ scope: ' a' }, 'scope', 'single spaces'],
    [{ scope: 'a"' }, 'scope', 'single spaces'],
    [{ scope: 'a\\' }, 'scope', 'single spaces'],
    [{ scope: 'ä' }, 'scope', 'single spaces'],
    [{ scope: ['a'] }, 'scope', 'must be a string, not an array'],
    [{ retries: 256 }, 'retries', 'a whole number from 0 to 255'],
    [{ retries: -1 }, 'retries', 'a whole number from 0 to 255'],
    [{ retries: 1.5 }, 'retries', 'a whole number from 0 to 255'],
    [{ retries: Number.NaN }, 'retries', 'a whole number from 0 to 255'],
    [{ retries: '1' }, 'retries', 'not a string'],
    [{ bearer_token_types: [] }, 'bearer_token_types', 'is empty: give at least one token type'],
    [{ bearer_token_types: 'x' }, 'bearer_token_types', 'must be an array, not a string'],
    [{ bearer_token_types: ['x', 7] }, 'bearer_token_types[1]', 'must be a string, not a number'],
    [{ bearer_token_types: [' '] }, 'bearer_token_types[0]', 'is empty'],
    [{ bearer_token_types: ['dPoP'] }, 'bearer_token_types[0]', 'is a type that is not sent as Bearer'],
    [{ bearer_token_types: ['mac'] }, 'bearer_token_types[0]', 'is a type that is not sent as Bearer'],
    [{ bearer_token_types: ['PoP'] }, 'bearer_token_types[0]', 'is a type that is not sent as Bearer'],
    [{ bearer_token_types: ['N_A'] }, 'bearer_token_types[0]', 'is a type that is not sent as Bearer'],
    [{ refused_statuses: [] }, 'refused_statuses', 'is empty: give at least one status'],
    [{ refused_statuses: 401 }, 'refused_statuses', 'must be an array, not a number'],
    [{ refused_statuses: [401, 400] }, 'refused_statuses[1]', 'must be 401, 403 or 404'],
    [{ refused_statuses: ['401'] }, 'refused_statuses[0]', 'must be 401, 403 or 404'],
    [{ step_up: true }, 'step_up', 'must be an object, not a boolean'],
    [{ step_up: {} }, 'step_up', 'does nothing: give "scopes", "claims": true, or both'],
    [{ step_up: { claims: false } }, 'step_up', 'does nothing'],
    [{ step_up: { scopes: [] } }, 'step_up.scopes', 'is empty: give at least one scope token'],
    [{ step_up: { scopes: ['a b'] } }, 'step_up.scopes[0]', 'must be one scope token'],
    [{ step_up: { scopes: ['a', ''] } }, 'step_up.scopes[1]', 'must be one scope token'],
    [{ step_up: { scopes: ['a'], claim: true } }, 'step_up.claim', 'did you mean "claims"?'],
    [{ params: { audience: '' } }, 'params.audience', 'is empty'],
    [{ params: { audience: [] } }, 'params.audience', 'is empty'],
    [{ params: { resource: ['https://a', 7] } }, 'params.resource[1]', 'must be a string, not a number'],
    [{ params: { resource: ['urn:a:b', ''] } }, 'params.resource[1]', 'is empty'],
    [{ params: { '': 'x' } }, 'params[""]', 'needs a name'],
    [{ params: { scope: 'x' } }, 'params.scope', 'the attribute "scope"'],
    [{ default_ttl: '0s' }, 'default_ttl', 'must be more than 0'],
    [{ default_ttl: 300 }, 'default_ttl', 'not a number'],
    [{ renew_before: '0%' }, 'renew_before', 'more than 0, at most 90%'],
    [{ renew_before: '90.1%' }, 'renew_before', 'more than 0, at most 90%'],
    [{ renew_before: '0s' }, 'renew_before', 'more than 0'],
    [{ renew_before: '25' }, 'renew_before', '"25%"'],
    [{ basic_encoding: 'rae' }, 'basic_encoding', 'did you mean "raw"?'],
    [{ clientSecret: 'x' }, 'clientSecret', 'unknown attribute; did you mean "client_secret"?'],
    [{ token: 'x' }, 'token', 'unknown attribute'],
  ])('oauth2 with %j', (attributes, path, message) => {
    expect(ofOAuth2(attributes)).toEqual([{ path: `a.oauth2.${path}`, message: expect.stringContaining(message) }]);
  });

  it.each(['grant_type', 'client_id', 'Client_Secret', 'client_assertion', 'client_assertion_type', 'assertion'])(
    'params with %s, which the client sets itself (rules 6, 9, 10)',
    (name) => {
      expect(ofOAuth2({ params: { [name]: 'x' } })).toEqual([
        { path: `a.oauth2.params.${name}`, message: expect.stringContaining('is set by the client itself') },
      ]);
    },
  );

  it('a named token backend outside which the endpoint lies, or which wants the Authorization header', () => {
    expect(problems({ a: { origin: 'https://a', oauth2: { ...oauth2, backend: 'as' } }, as })).toEqual([
      {
        path: 'a.oauth2.token_endpoint',
        message: 'lies outside its token backend, https://as.example.com/tenant',
      },
    ]);
    const definitions = {
      a: { origin: 'https://a', oauth2: { ...oauth2, backend: 'b' } },
      b: { origin: 'https://as.example.com', set_request_headers: { Authorization: 'x' } },
    };
    const basic = { path: 'a.oauth2.backend', message: expect.stringContaining('by Basic') };
    expect(problems(definitions)).toEqual([basic]);
    expect(problems({ ...definitions, b: { origin: 'https://as.example.com' } }, ['b'])).toEqual([basic]);
  });

  it('a mistyped name of a token backend with the nearest', () => {
    expect(problems({ a: { origin: 'https://a', oauth2: { ...oauth2, backend: 'keyclok' } }, keycloak: as })).toEqual([
      { path: 'a.oauth2.backend', message: 'no backend has this name; did you mean "keycloak"?' },
    ]);
  });

  it('circles of token backends at each of their members, and what leads nowhere else', () => {
    const through = (backend: unknown) => ({
      origin: 'https://as.example.com',
      oauth2: { ...oauth2, token_endpoint_auth_method: 'client_secret_post', backend },
    });
    const found = problems({ a: through('b'), b: through({ oauth2: through('a').oauth2 }), c: through('a') });
    expect(found).toEqual([
      { path: 'a.oauth2.backend', message: 'token backends go round in a circle: a, b, a' },
      { path: 'b.oauth2.backend.oauth2.backend', message: 'token backends go round in a circle: b, a, b' },
    ]);
  });

  it('token backends without end', () => {
    const chain = Object.fromEntries(
      Array.from({ length: 5000 }, (_, index) => [
        `n${index}`,
        {
          origin: 'https://as.example.com',
          oauth2: { ...oauth2, token_endpoint_auth_method: 'client_secret_post', backend: `n${index + 1}` },
        },
      ]),
    );
    const found = problems({ ...chain, n5000: { origin: 'https://as.example.com' } });
    expect(found).toHaveLength(1000);
    expect(found[0]).toEqual({ path: 'n0.oauth2.backend', message: expect.stringContaining('more than 8') });

    const cyclic: Record<string, unknown> = { oauth2: { ...oauth2, token_endpoint_auth_method: 'client_secret_post' } };
    Object.assign(cyclic['oauth2'] as object, { backend: cyclic });
    expect(ofBackend(cyclic)).toEqual([
      { path: expect.stringMatching(/^a(\.oauth2\.backend){9}$/), message: expect.stringContaining('in a circle') },
    ]);
  });

  it('unknown names in options.tokens, and http for a backend whose token comes from there', () => {
    expect(problems({ billing: { origin: 'https://a' } }, ['bilings', 'billing'])).toEqual([
      { path: 'tokens.bilings', message: 'no backend has this name; did you mean "billing"?' },
    ]);
    expect(problems({ a: { origin: 'http://api.lan' } }, ['a'])).toHaveLength(1);
    expect(problems({ a: { origin: 'https://a', oauth2: { ...oauth2, client_secret: '' } } }, ['a'])).toHaveLength(1);
  });

  it('everything at once, in the order of the configuration', () => {
    const error = refusal({
      first: { origin: 'x', timeout: 1, oauth2: { grant_type: 'x', client_id: 'c', backend: 'y', retries: null } },
      toJSON: {},
      second: { oauth2: { ...oauth2, token_endpoint: '/token', client_secret: undefined }, nonsense: 1 },
    });
    expect(error.problems.map(({ path }) => path)).toEqual([
      'toJSON',
      'first.origin',
      'first.timeout',
      'first.oauth2.grant_type',
      'first.oauth2.retries',
      'first.oauth2.token_endpoint',
      'first.oauth2.backend',
      'first.oauth2.client_secret',
      'second.nonsense',
      'second.origin',
      'second.oauth2.token_endpoint',
      'second.oauth2.client_secret',
    ]);
    for (const { path } of error.problems) expect(error.message).toContain(path);
  });

  it('without ever showing a value', () => {
    const leaky = {
      origin: `https://user:${CANARY}@a/?${CANARY}`,
      path_prefix: `/../${CANARY}`,
      timeout: CANARY,
      set_request_headers: { a: `${CANARY}\n` },
      abort_on_disconnect: CANARY,
    };
    const { origin, path_prefix, ...rest } = leaky;
    const error = refusal({
      a: { ...leaky, oauth2: CANARY },
      b: {
        origin: 'http://api.lan',
        ...rest,
        oauth2: {
          grant_type: CANARY,
          token_endpoint: `http://as.lan/token?key=${CANARY}`,
          token_endpoint_auth_method: CANARY,
          client_id: `${CANARY}\n`,
          client_secret: `${CANARY}\n`,
          scope: `${CANARY}"`,
          retries: CANARY,
          backend: { origin, path_prefix },
          params: { audience: `${CANARY}\n`, client_secret: CANARY },
          default_ttl: CANARY,
          renew_before: CANARY,
          basic_encoding: CANARY,
          allow_http: CANARY,
        },
      },
      c: { origin: 'https://a', oauth2: { ...oauth2, token_endpoint: `https://u:${CANARY}@as/t?${CANARY}#x` } },
      d: {
        origin: 'https://a',
        oauth2: { ...oauth2, client_secret: { value: CANARY }, backend: { origin: 'https://b' } },
      },
      get e(): never {
        throw new Error(CANARY);
      },
    });
    expect(error.problems.length).toBeGreaterThan(20);
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(CANARY);
  });

  it('names that would forge a line, only in quotes and cut', () => {
    const [long, forged] = ofBackend({ [`x${'y'.repeat(9999)}`]: 1, 'a\n\u2028b\u202e': 1 });
    expect(long?.path.length).toBeLessThan(80);
    expect(forged?.path).toBe('a["a\\n?b?"]');
  });
});
