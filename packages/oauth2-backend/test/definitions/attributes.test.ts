import { describe, expect, it } from '@jest/globals';
import type { Attributes } from '../../src/definitions/attribute.js';
import { backendAttributes } from '../../src/definitions/backend-attributes.js';
import { oauth2Attributes } from '../../src/definitions/oauth2-attributes.js';
import { placeIn } from '../../src/definitions/place.js';
import { signingAttributes } from '../../src/definitions/signing-attributes.js';
import { tlsAttributes } from '../../src/definitions/tls-attributes.js';
import type { Problem } from '../../src/errors.js';

describe.each<[string, Attributes]>([
  ['backendAttributes', backendAttributes],
  ['oauth2Attributes', oauth2Attributes],
  ['signingAttributes', signingAttributes],
  ['tlsAttributes', tlsAttributes],
])('%s', (_, attributes) => {
  it.each(Object.entries(attributes))(
    'describes %s for a table, with a default that keeps its own rule',
    (name, attribute) => {
      expect(`${attribute.type}${attribute.summary}`).not.toMatch(/[|\n]/);
      const problems: Problem[] = [];
      if (attribute.default !== undefined) attribute.read(attribute.default, placeIn(problems).at(name));
      expect(problems).toEqual([]);
    },
  );
});
