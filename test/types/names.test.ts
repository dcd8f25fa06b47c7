import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import { backends } from 'express-oauth2-backend';
import {
  type BackendDefinitions,
  type BackendDefinitionsInput,
  createBackends,
  type JudgedDefinitions,
} from 'oauth2-backend';

const billing = { origin: 'https://billing.example.com' };

describe('the names of definitions', () => {
  it('are those of the backends, without $schema', () => {
    const made = createBackends({ $schema: './schema.json', billing });
    expectTypeOf(made.names).toEqualTypeOf<readonly 'billing'[]>();
    expectTypeOf(made.get).parameter(0).toEqualTypeOf<'billing'>();
    expect(made.names).toEqual(['billing']);
  });

  it('come through backends that were made before', () => {
    const made = createBackends({ billing });
    const middleware = backends(made, { property: 'clients' });
    expectTypeOf(middleware.get).parameter(0).toEqualTypeOf<'billing'>();
    // @ts-expect-error options beside made backends are refused, `property` aside
    expect(() => backends(made, { maxIdentities: 1 })).toThrow('maxIdentities');
  });

  it('come through a function that hands definitions on', () => {
    const hand = <const D extends BackendDefinitionsInput>(definitions: JudgedDefinitions<D>) =>
      createBackends<D>(definitions);
    expectTypeOf(hand({ billing }).get).parameter(0).toEqualTypeOf<'billing'>();
    // @ts-expect-error it is judged there, too
    expect(() => hand({ billing: { ...billing, url: 'x' } })).toThrow('url');
  });

  it('are any where the definitions say no more', () => {
    const wide: BackendDefinitions = { billing };
    expectTypeOf(createBackends(wide).get).parameter(0).toEqualTypeOf<string>();
  });
});

describe('a grant that is none of ours', () => {
  it('compiles, for those that are to come; the run time refuses it', () => {
    const oauth2 = { grant_type: 'urn:example:grant', token_endpoint: 'https://as.example.com/token' } as const;
    expect(() => createBackends({ billing: { ...billing, oauth2 } })).toThrow('grant_type');
    // @ts-expect-error names are judged all the same
    expect(() => createBackends({ billing: { ...billing, oauth2: { ...oauth2, scopee: 'x' } } })).toThrow('scopee');
  });
});
