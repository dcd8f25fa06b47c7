import { describe, expect, it } from '@jest/globals';
import { backendAttributes } from '../../src/definitions/attributes/backend.js';
import { oauth2Attributes } from '../../src/definitions/attributes/oauth2.js';
import { stepUpAttributes } from '../../src/definitions/attributes/refusals.js';
import { signingAttributes } from '../../src/definitions/attributes/signing.js';
import { tlsAttributes } from '../../src/definitions/attributes/tls.js';
import type { Attributes } from '../../src/definitions/schema/attribute.js';
import { placeIn } from '../../src/definitions/schema/place.js';
import type { Problem } from '../../src/errors.js';

describe.each<[string, Attributes]>([
  ['backendAttributes', backendAttributes],
  ['oauth2Attributes', oauth2Attributes],
  ['signingAttributes', signingAttributes],
  ['stepUpAttributes', stepUpAttributes],
  ['tlsAttributes', tlsAttributes],
])('%s', (_, attributes) => {
  it.each(Object.entries(attributes))('gives %s no default, or one that keeps its own rule', (name, attribute) => {
    const problems: Problem[] = [];
    if (attribute.default !== undefined) attribute.read(attribute.default, placeIn(problems).at(name));
    expect(problems).toEqual([]);
  });
});
