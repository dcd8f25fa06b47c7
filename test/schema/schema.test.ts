import { afterAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { outcomeOf } from '../../packages/oauth2-backend/test/definitions/outcome.js';
import { surroundings } from '../types/evaluated-definitions.js';
import { rightDefinitions } from '../types/right-definitions.js';
import { wrongDefinitions } from '../types/wrong-definitions.js';
import { definitionsSchema } from './definitions-schema.js';
import { valueSamples } from './value-samples.js';
import { writtenDefinitions } from './written-definitions.js';

const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  strictRequired: false,
  strictTypes: false,
  allowUnionTypes: true,
});
const accepts = ajv.compile(definitionsSchema());
const values = surroundings();
afterAll(() => values.remove());

describe('oauth2-backend/schema.json', () => {
  it('is a JSON schema of 2020-12', () => {
    expect(ajv.validateSchema(definitionsSchema())).toBe(true);
  });

  it.each(wrongDefinitions.filter(isJson))('refuses $name', (each) => {
    expect(accepts(values.definitions(each))).toBe(false);
  });

  it.each(rightDefinitions.filter(isJson))('accepts $name', (each) => {
    accepts(values.definitions(each));
    expect(accepts.errors ?? []).toEqual([]);
  });

  it('judges some of each', () => {
    expect(wrongDefinitions.filter(isJson).length).toBeGreaterThan(80);
    expect(rightDefinitions.filter(isJson).length).toBeGreaterThan(35);
  });
});

describe('schema and run time', () => {
  it.each(valueSamples)('judge alike: $name', ({ definitions }) => {
    expect({ accepted: accepts(definitions) }).toEqual({ accepted: outcomeOf(definitions).problems.length === 0 });
  });
});

describe('what documents and examples define', () => {
  const written = writtenDefinitions();

  it('is found', () => {
    expect(written.filter(({ name }) => name.startsWith('README')).length).toBeGreaterThan(10);
    expect(written.filter(({ name }) => name.startsWith('examples')).length).toBeGreaterThan(10);
  });

  it.each(written)('is accepted as JSON: $name', ({ backend }) => {
    accepts({ a: backend });
    expect(accepts.errors ?? []).toEqual([]);
  });
});

/** Whether nothing is lost in a JSON file. */
function isJson(each: (typeof wrongDefinitions)[number]): boolean {
  return !each.schemaless && (!each.text.includes('=>') || each.text.startsWith('(() =>'));
}
