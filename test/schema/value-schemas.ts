/** The JSON schemas of single values: what of them can be told by a pattern. */

import ts from 'typescript';
import { SIGNATURE_ALGORITHMS } from '../../packages/oauth2-backend/src/definitions/signing-key.js';

export type Schema = Readonly<Record<string, unknown>>;

const text = { type: 'string', pattern: '^[^\\p{Cc}\\p{Cs}]+$' };
const pem = { type: 'string', minLength: 1 };
const FIELD = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const SCOPE = '[\\x21\\x23-\\x5b\\x5d-\\x7e]+';
const NUMBER = '\\d+(?:\\.\\d+)?';
const UNITS = `(?:${NUMBER}h)?(?:${NUMBER}m)?(?:${NUMBER}s)?(?:${NUMBER}ms)?`;
const limit = { type: 'string', pattern: `^(?=.)${UNITS}$` };
const SOME = `(?=[^1-9]*[1-9])`;
const duration = { type: 'string', pattern: `^${SOME}${UNITS}$` };
const uri = { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9+.\\-]*:[\\x21-\\x7e]+$' };
const list = (items: Schema) => ({ type: 'array', items });
const names = (name: string, value: Schema): Schema => ({
  type: 'object',
  propertyNames: { pattern: `^${name}$` },
  additionalProperties: { anyOf: [value, { ...list(value), minItems: 1 }] },
});
const headers = names(FIELD, { type: 'string', pattern: '^[\\t\\x20-\\x7e\\x80-\\xff]*$' });
const parameters = names('[^]+', { type: 'string' });
const headerNames = list({ type: 'string', pattern: `^${FIELD}$` });
const parameterNames = list({ type: 'string', minLength: 1 });

/** By the attribute's name; what is not here follows from its type alone. */
const BY_NAME: Readonly<Record<string, Schema>> = {
  origin: { type: 'string', pattern: '^[Hh][Tt][Tt][Pp][Ss]?://[^/?#@\\s\\\\]+/?$' },
  path_prefix: { type: 'string', pattern: '^/(?!/)[^?#\\s\\\\]*$' },
  hostname: { type: 'string', pattern: '^[A-Za-z0-9_](?:[A-Za-z0-9_.\\-]*[A-Za-z0-9_])?$' },
  basic_auth: { type: 'string', pattern: '^(?!:$)[^:\\p{Cc}]*:[^\\p{Cc}]*$' },
  token_header: { type: 'string', pattern: `^${FIELD}$` },
  token_prefix: { type: 'string', pattern: '^(?:[\\x21-\\x7e][\\x20-\\x7e]*)?$' },
  connect_timeout: limit,
  ttfb_timeout: limit,
  timeout: limit,
  proxy: { type: 'string', pattern: '^[Hh][Tt][Tt][Pp][Ss]?://[^/?#\\s\\\\]+/?$' },
  max_connections: { type: 'integer', minimum: 0 },
  max_response_header_size: { type: 'integer', minimum: 1, maximum: 16 * 1024 * 1024 },
  remove_request_headers: headerNames,
  forward_headers: headerNames,
  set_request_headers: headers,
  add_request_headers: headers,
  remove_query_params: parameterNames,
  set_query_params: parameters,
  add_query_params: parameters,
  server_ca_certificate: pem,
  client_certificate: pem,
  client_private_key: pem,
  token_endpoint: {
    type: 'string',
    pattern: '^(?:[Hh][Tt][Tt][Pp][Ss]?://[^/?#@\\s\\\\]+(?:/[^#\\s\\\\]*)?(?:\\?[^#\\s\\\\]*)?|/(?!/)[^#\\s\\\\]*)$',
  },
  scope: { type: 'string', pattern: `^(?:${SCOPE}(?: ${SCOPE})*)?$` },
  scopes: { ...list({ type: 'string', pattern: `^${SCOPE}$` }), minItems: 1 },
  retries: { type: 'integer', minimum: 0, maximum: 255 },
  refused_statuses: { ...list({ enum: [401, 403, 404] }), minItems: 1 },
  subject_token_type: uri,
  actor_token_type: uri,
  requested_token_type: uri,
  params: names('[^\\p{Cc}\\p{Cs}]+', text),
  issuer: { type: 'string', pattern: '^[Hh][Tt][Tt][Pp][Ss]?://[^/?#@\\s\\\\]+(?:/[^?#\\s\\\\]*)?$' },
  default_ttl: duration,
  ttl: duration,
  renew_before: {
    type: 'string',
    pattern: `^${SOME}(?:${UNITS}|(?:90(?:\\.0{1,9})?|[0-8]?\\d(?:\\.\\d{1,9})?)%)$`,
  },
  bearer_token_types: { ...list({ type: 'string', pattern: '[^\\s]' }), minItems: 1 },
};

const BY_TYPE: Readonly<Record<string, Schema>> = {
  string: text,
  boolean: { type: 'boolean' },
  Members: { type: 'object' },
  SignatureAlgorithm: { enum: SIGNATURE_ALGORITHMS },
  TlsDefinition: { $ref: '#/$defs/tls' },
  StepUpDefinition: { $ref: '#/$defs/step_up' },
  JwtSigningProfile: { $ref: '#/$defs/jwt_signing_profile' },
  OAuth2Definition: { $ref: '#/$defs/oauth2' },
  TokenBackendDefinition: { $ref: '#/$defs/token_backend' },
};

/** What no JSON file can hold. */
const CODE = ['undefined', 'TokenSource'];

/** The schema of an attribute's value; `undefined` where only code can give one. */
export function valueSchema(name: string, type: ts.TypeNode): Schema | undefined {
  const own = BY_NAME[name];
  if (own) return own;
  const found = new Map(alternatives(type).map((schema) => [JSON.stringify(schema), schema]));
  const literals = [...found.values()].flatMap((schema) => ('const' in schema ? [schema['const']] : []));
  const others = [...found.values()].filter((schema) => !('const' in schema));
  const all = literals.length > 0 ? [{ enum: literals }, ...others] : others;
  return all.length > 1 ? { anyOf: all } : all[0];
}

function alternatives(type: ts.TypeNode): Schema[] {
  if (ts.isUnionTypeNode(type)) return type.types.flatMap(alternatives);
  // `string & Record<never, never>`: grants that are still to come.
  if (ts.isParenthesizedTypeNode(type)) return ts.isIntersectionTypeNode(type.type) ? [] : alternatives(type.type);
  if (ts.isFunctionTypeNode(type)) return [];
  if (ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal)) return [{ const: type.literal.text }];
  const words = type.getText();
  if (CODE.includes(words)) return [];
  const schema = BY_TYPE[words];
  if (!schema) throw new Error(`no JSON schema is known for the type ${words}`);
  return [schema];
}
