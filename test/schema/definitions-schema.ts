/** The JSON schema of definitions, made of the docstrings, the types and the tables of what goes with what. */

import {
  CLIENT_AUTH_METHODS,
  CLIENT_AUTH_NAMES,
  type MethodTraits,
} from '../../packages/oauth2-backend/src/definitions/client-auth-methods.js';
import { GRANT_TYPES, GRANTS, JWT_BEARER } from '../../packages/oauth2-backend/src/definitions/grant-types.js';
import { SIGNATURE_ALGORITHMS } from '../../packages/oauth2-backend/src/definitions/signing-key.js';
import { type AttributeText, attributeTexts } from '../readme/attribute-texts.js';
import { type Schema, valueSchema } from './value-schemas.js';

const connection = attributeTexts('connection-definition.ts', 'ConnectionDefinition');
const attributes = {
  backend: [...attributeTexts('definition.ts', 'BackendDefinition'), ...connection],
  token_backend: [
    ...attributeTexts('oauth2-definition.ts', 'TokenBackendDefinition'),
    ...connection.filter(({ name }) => name !== 'forward_headers'),
  ],
  oauth2: attributeTexts('oauth2-definition.ts', 'OAuth2Definition'),
  step_up: attributeTexts('oauth2-definition.ts', 'StepUpDefinition'),
  jwt_signing_profile: attributeTexts('jwt-signing-profile.ts', 'JwtSigningProfile'),
  tls: attributeTexts('tls-definition.ts', 'TlsDefinition'),
};

/** Gives the schema: backends by name, JSON Schema 2020-12. */
export function definitionsSchema(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Backends of oauth2-backend',
    description: 'Backends by name: letters, digits, `_` and `-`, a letter first.',
    type: 'object',
    properties: { $schema: { type: 'string', description: 'Where this schema is; no backend.' } },
    patternProperties: { '^(?!(?:then|toJSON|constructor|prototype)$)[A-Za-z][A-Za-z0-9_\\-]*$': ref('backend') },
    additionalProperties: false,
    $defs: {
      backend: block(attributes.backend, [oneAuthorization]),
      token_backend: block(attributes.token_backend, [oneAuthorization]),
      oauth2: block(attributes.oauth2, [...GRANT_TYPES.map(grantRule), ...clientRules(), ...signingRules(), ...OTHERS]),
      step_up: block(attributes.step_up, [{ anyOf: [has('scopes'), is('claims', [true])] }]),
      jwt_signing_profile: block(attributes.jwt_signing_profile, [
        { properties: { headers: without('alg', 'b64', 'crit') } },
        when(is('signature_algorithm', SHARED), without('key_passphrase', 'key_passphrase_file', 'certificate_file')),
      ]),
      tls: block(attributes.tls, [
        when(hasOne('client_certificate'), hasOne('client_private_key')),
        when(hasOne('client_private_key'), hasOne('client_certificate')),
      ]),
    },
  };
}

function block(texts: readonly AttributeText[], rules: readonly Schema[]): Schema {
  const properties: Record<string, Schema> = {};
  for (const { name, text, preset, node } of texts) {
    const schema = valueSchema(name, node);
    if (schema) {
      const preview = preset === undefined ? {} : { default: JSON.parse(preset) as unknown };
      properties[name] = { description: text, ...preview, ...schema };
    }
  }
  const files = Object.keys(properties).filter((name) => `${name}_file` in properties);
  return {
    type: 'object',
    properties,
    required: texts.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false,
    allOf: [...files.map((name) => ({ not: has(name, `${name}_file`) })), ...rules],
  };
}

const SHARED = SIGNATURE_ALGORITHMS.filter((name) => name.startsWith('HS'));
const PRIVATE = SIGNATURE_ALGORITHMS.filter((name) => !name.startsWith('HS'));

/** A token stands in the Authorization header, unless another header is named. */
const oneAuthorization = when({ ...has('oauth2'), not: has('token_header') }, without('basic_auth'));

/** What a grant does not have, and whether it needs a client. */
function grantRule(name: (typeof GRANT_TYPES)[number]): Schema {
  const others = new Set<string>(GRANT_TYPES.flatMap((each) => GRANTS[each].own));
  for (const own of GRANTS[name].own) others.delete(own);
  const anonymous = when(
    { not: has('client_id') },
    without('token_endpoint_auth_method', 'client_secret', 'client_secret_file'),
  );
  return when(is('grant_type', [name]), {
    ...without(...[...others].filter(isWritable)),
    ...(GRANTS[name].clientOptional ? anonymous : has('client_id')),
  });
}

const needsClient = is(
  'grant_type',
  GRANT_TYPES.filter((name) => !GRANTS[name].clientOptional),
);
const client: Schema = { anyOf: [has('client_id'), needsClient] };

function clientRules(): Schema[] {
  const secretless = CLIENT_AUTH_NAMES.filter((name) => !CLIENT_AUTH_METHODS[name].secret);
  const bySecret = { allOf: [client, { not: is('token_endpoint_auth_method', secretless) }] };
  return [
    when(bySecret, hasOne('client_secret')),
    when(is('token_endpoint_auth_method', secretless), without('client_secret', 'client_secret_file')),
    when(is('grant_type', ['client_credentials']), { not: is('token_endpoint_auth_method', ['none']) }),
  ];
}

function signingRules(): Schema[] {
  const methods = (signsWith: MethodTraits['signsWith']) =>
    CLIENT_AUTH_NAMES.filter((name) => CLIENT_AUTH_METHODS[name].signsWith === signsWith);
  const signing = (...names: readonly string[]) => ({ allOf: [client, is('token_endpoint_auth_method', names)] });
  const signers = [...methods('secret'), ...methods('key')];
  const makesAssertion = {
    allOf: [is('grant_type', [JWT_BEARER]), { not: hasOne('assertion') }, { not: signing(...signers) }],
  };
  const ownClaims = without('iss', 'sub', 'iat', 'exp', 'jti');
  return [
    when(
      signing(...methods('secret')),
      signedBy(SHARED, {
        claims: ownClaims,
        ...noneOf('key', 'key_file', 'key_passphrase', 'key_passphrase_file', 'certificate_file'),
      }),
    ),
    when(signing(...methods('key')), signedBy(PRIVATE, { claims: ownClaims }, hasOne('key'))),
    when(makesAssertion, signedBy(SIGNATURE_ALGORITHMS, { claims: without('exp') }, hasOne('key'))),
    when({ not: { anyOf: [signing(...signers), makesAssertion] } }, without('jwt_signing_profile')),
    when({ allOf: [is('grant_type', [JWT_BEARER]), signing(...signers)] }, hasOne('assertion')),
  ];
}

function signedBy(algorithms: readonly string[], properties: Schema, more: Schema = {}): Schema {
  const profile = { properties: { signature_algorithm: { enum: algorithms }, ...properties }, ...more };
  return { ...has('jwt_signing_profile'), properties: { jwt_signing_profile: profile } };
}

const path = { properties: { token_endpoint: { pattern: '^/' } }, ...has('token_endpoint') };

const OTHERS: readonly Schema[] = [
  when(is('grant_type', ['password']), { allOf: [has('username'), hasOne('password')] }),
  when(hasOne('actor_token'), has('actor_token_type')),
  when(has('actor_token_type'), hasOne('actor_token')),
  // `subject_token` is a function.
  { not: is('require_verified_subject', [true]) },
  when(path, { ...has('backend'), properties: { backend: when({ type: 'object' }, has('origin')) } }),
];

function isWritable(name: string): boolean {
  const text = attributes.oauth2.find((each) => each.name === name);
  return text !== undefined && valueSchema(name, text.node) !== undefined;
}

function ref(name: string): Schema {
  return { $ref: `#/$defs/${name}` };
}

function has(...names: readonly string[]): Schema {
  return { required: names };
}

/** The value, or the file that holds it. */
function hasOne(name: string): Schema {
  return { anyOf: [has(name), has(`${name}_file`)] };
}

function is(name: string, values: readonly unknown[]): Schema {
  return { properties: { [name]: { enum: values } }, ...has(name) };
}

function without(...names: readonly string[]): Schema {
  return { properties: noneOf(...names) };
}

function noneOf(...names: readonly string[]): Record<string, false> {
  return Object.fromEntries(names.map((name) => [name, false as const]));
}

function when(condition: Schema, rule: Schema): Schema {
  // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
  return { if: condition, then: rule }; // oxlint-disable-line unicorn/no-thenable
}
