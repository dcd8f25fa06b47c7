import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { outcomeOf } from '../../packages/oauth2-backend/test/definitions/outcome.js';
import { surroundings } from './evaluated-definitions.js';
import { judgedBy } from './judged-by.js';
import { rightDefinitions } from './right-definitions.js';
import { wrongDefinitions } from './wrong-definitions.js';

judgedBy('7', 'strictest');

describe('at run time', () => {
  let values: ReturnType<typeof surroundings>;
  beforeAll(() => {
    values = surroundings();
  });
  afterAll(() => values.remove());

  it.each(wrongDefinitions)('$name: refused', (each) => {
    expect(outcomeOf(values.definitions(each)).problems).not.toEqual([]);
  });

  it.each(rightDefinitions)('$name: accepted', (each) => {
    expect(outcomeOf(values.definitions(each)).problems).toEqual([]);
  });
});
