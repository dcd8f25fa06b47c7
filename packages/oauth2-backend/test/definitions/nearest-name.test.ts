import { describe, expect, it } from '@jest/globals';
import { nearestName } from '../../src/definitions/schema/nearest-name.js';

const known = ['billing', 'client_id', 'client_secret', 'token_endpoint', 'scope', 'as'];

describe('nearestName(name, known)', () => {
  it.each([
    ['biling', 'billing'],
    ['iblling', 'billing'],
    ['clientSecret', 'client_secret'],
    ['CLIENT-ID', 'client_id'],
    ['client_secert', 'client_secret'],
    ['token_endpont', 'token_endpoint'],
    ['scopes', 'scope'],
    ['sa', 'as'],
  ])('finds for %s: %s', (name, nearest) => {
    expect(nearestName(name, known)).toBe(nearest);
  });

  it.each(['', '__', 'x', 'xyz', 'proxy', 'password', 'b'.repeat(9999)])('finds nothing for %s', (name) => {
    expect(nearestName(name, known)).toBeUndefined();
  });
});
