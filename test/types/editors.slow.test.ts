import { describe, expect, it } from '@jest/globals';
import { CLIENT_AUTH_NAMES } from '../../packages/oauth2-backend/src/definitions/client-auth-methods.js';
import { GRANT_TYPES, GRANTS } from '../../packages/oauth2-backend/src/definitions/grant-types.js';
import { type AttributeText, attributeTexts } from '../readme/attribute-texts.js';
import { editor } from './editor.js';

const connection = attributeTexts('connection-definition.ts', 'ConnectionDefinition');
const blocks: Readonly<Record<string, readonly AttributeText[]>> = {
  backend: [...attributeTexts('definition.ts', 'BackendDefinition'), ...connection],
  oauth2: attributeTexts('oauth2-definition.ts', 'OAuth2Definition'),
  token_backend: [
    ...attributeTexts('oauth2-definition.ts', 'TokenBackendDefinition'),
    ...connection.filter(({ name }) => name !== 'forward_headers'),
  ],
  step_up: attributeTexts('oauth2-definition.ts', 'StepUpDefinition'),
  jwt_signing_profile: attributeTexts('jwt-signing-profile.ts', 'JwtSigningProfile'),
  tls: attributeTexts('tls-definition.ts', 'TlsDefinition'),
};

/** What stands around an attribute of a block; `@` is the attribute. */
const AROUND: Readonly<Record<keyof typeof blocks, (name: string) => string>> = {
  backend: () => `{ a: { @ } }`,
  oauth2: (name) =>
    `{ a: { origin: 'o', oauth2: { ${name === 'grant_type' ? '' : `grant_type: '${grantWith(name)}',`} ${name === 'jwt_signing_profile' ? `token_endpoint_auth_method: 'private_key_jwt',` : ''} @ } } }`,
  token_backend: () => `{ a: { origin: 'o', oauth2: { grant_type: 'password', backend: { @ } } } }`,
  step_up: () => `{ a: { origin: 'o', oauth2: { grant_type: 'password', step_up: { @ } } } }`,
  jwt_signing_profile: () =>
    `{ a: { origin: 'o', oauth2: { grant_type: 'password', token_endpoint_auth_method: 'private_key_jwt', client_id: 'c', jwt_signing_profile: { @ } } } }`,
  tls: () => `{ a: { origin: 'o', tls: { @ } } }`,
};

/** A grant that has the attribute. */
function grantWith(name: string): string {
  return GRANT_TYPES.find((grant) => (GRANTS[grant].own as readonly string[]).includes(name)) ?? 'client_credentials';
}

const WAYS: Readonly<Record<string, (definitions: string) => string>> = {
  createBackends: (definitions) => `createBackends(${definitions});`,
  'backends of Express': (definitions) => `backends(${definitions});`,
  'satisfies BackendDefinitions': (definitions) => `(${definitions}) as const satisfies BackendDefinitions;`,
};
const IMPORTS = `import { type BackendDefinitions, createBackends } from 'oauth2-backend';
import { backends } from 'express-oauth2-backend';
`;

describe.each(Object.keys(WAYS))('hover in %s', (way) => {
  const all = Object.entries(blocks).flatMap(([block, texts]) =>
    texts.map(({ name, text }) => ({ mark: `${block}.${name}`, block, name, text })),
  );
  const text = all.map(({ mark, block, name }) => {
    const around = AROUND[block]?.(name) ?? '@';
    // In two steps: a type of its own would be told of, not the attribute.
    return WAYS[way]?.(around.replace('@', `/*${mark}*/ ${name}: undefined as never`));
  });
  const open = editor(`${IMPORTS}${text.join('\n')}\n`);

  it.each(all)('shows the text of $mark', ({ mark, name, text: wanted }) => {
    expect(open.hover(mark, name)).toBe(wanted);
  });
});

describe('hover over what code has', () => {
  const options = ['logger', 'tokens', 'dispatcher', 'clock', 'maxIdentities', 'newIdentitiesPerSecond', 'store'];
  const open = editor(`${IMPORTS}
const clients = backends({ billing: { origin: 'https://a' } });
clients./*clients*/;
clients.of(undefined as never).billing./*backend*/;
clients.of(undefined as never)./*names*/;
createBackends({}, { /*given*/ ${options.map((name) => `${name}: undefined`).join(', ')} });
createBackends({}, { /*options*/ });
backends({}, { /*adapter*/ });
`);

  it.each(['clients', 'backend', 'options', 'adapter'])('shows a text for each member of %s', (mark) => {
    const members = open.offered(mark).filter((name) => !(name in Function.prototype) && name !== 'prototype');
    expect(members.length).toBeGreaterThan(5);
    expect(members.filter((name) => open.offeredText(mark, name) === '')).toEqual([]);
  });

  it.each(options)('shows the text of the option %s', (name) => {
    expect(open.hover('given', `${name}:`)).toBe(open.offeredText('options', name));
  });

  it('offers the configured names', () => {
    expect(open.offered('names')).toEqual(['billing']);
  });
});

describe('what is offered', () => {
  const rest = `token_endpoint: 't', client_id: 'c'`;
  const open = editor(`${IMPORTS}
${GRANT_TYPES.map((grant) => `createBackends({ a: { origin: 'o', oauth2: { grant_type: '${grant}', ${rest}, /*${grant}*/ } } });`).join('\n')}
${CLIENT_AUTH_NAMES.map((method) => `createBackends({ a: { origin: 'o', oauth2: { grant_type: 'password', ${rest}, token_endpoint_auth_method: '${method}', /*${method}*/ } } });`).join('\n')}
createBackends({ a: { origin: 'o', oauth2: { grant_type: 'password', token_endpoint_auth_method: '/*method*/' } } });
createBackends({ a: { origin: 'o', oauth2: { grant_type: '/*grant*/' } } });
createBackends({ a: { origin: 'o', oauth2: { grant_type: 'password', assertion_file: 'x', scopee: 'x', /*besides*/ } } });
createBackends({ a: { /*backend*/ } });
createBackends({ a: { origin: 'o', tls: { /*tls*/ } } });
createBackends({ a: { origin: 'o', oauth2: { grant_type: 'password', step_up: { /*step_up*/ } } } });
createBackends({ a: { origin: 'o', oauth2: { grant_type: 'password', backend: { /*token_backend*/ } } } });
backends({ a: { origin: 'o', oauth2: { grant_type: 'password', ${rest}, /*express*/ } } });
`);
  const own = new Set<string>(GRANT_TYPES.flatMap((grant) => GRANTS[grant].own));

  it.each(GRANT_TYPES)('with %s: of what only some grants have, its own', (grant) => {
    const offered = open.offered(grant);
    expect(offered.filter((name) => own.has(name)).sort()).toEqual([...GRANTS[grant].own].sort());
    expect(offered).toEqual(expect.arrayContaining(['scope', 'retries', 'params']));
  });

  it.each([
    ['client_secret_basic', ['client_secret', 'client_secret_file']],
    ['client_secret_post', ['client_secret', 'client_secret_file']],
    ['client_secret_jwt', ['client_secret', 'client_secret_file', 'jwt_signing_profile']],
    ['private_key_jwt', ['jwt_signing_profile']],
    ['none', []],
  ])('with %s: what proves the client', (method, wanted) => {
    const proofs = ['client_secret', 'client_secret_file', 'jwt_signing_profile'];
    expect(
      open
        .offered(method)
        .filter((name) => proofs.includes(name))
        .sort(),
    ).toEqual(wanted);
  });

  it.each([
    ['method', CLIENT_AUTH_NAMES],
    ['grant', GRANT_TYPES],
  ])('as value: each %s', (mark, names) => {
    expect(open.offered(mark)).toEqual(expect.arrayContaining([...names]));
  });

  it('beside what is wrong', () => {
    expect(open.offered('besides')).toEqual(expect.arrayContaining(['username', 'password', 'scope']));
    expect(open.offered('besides')).not.toContain('assertion');
  });

  it.each(['backend', 'tls', 'step_up', 'token_backend'])('in an empty block: all of %s', (block) => {
    expect([...open.offered(block)].sort()).toEqual(blocks[block]?.map(({ name }) => name).sort());
  });

  it('in an adapter, too', () => {
    expect(open.offered('express')).toEqual(expect.arrayContaining(['username', 'scope']));
    expect(open.offered('express')).not.toContain('assertion');
  });
});
