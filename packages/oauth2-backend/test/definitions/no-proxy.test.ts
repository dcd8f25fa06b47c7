import { describe, expect, it } from '@jest/globals';
import { isExempt } from '../../src/definitions/resolve/environment-proxy.js';

describe('isExempt(origin, noProxy)', () => {
  it.each([
    ['https://api.example.com', '*'],
    ['https://api.example.com', 'api.example.com'],
    ['https://api.example.com', 'API.example.com'],
    ['https://api.example.com', 'a.lan, api.example.com ,b.lan'],
    ['https://api.example.com', 'a.lan api.example.com'],
    ['https://api.example.com', '.example.com'],
    ['https://api.example.com', '*.example.com'],
    ['https://api.example.com', '.com'],
    ['https://api.example.com', 'api.example.com:443'],
    ['http://api.example.com', 'api.example.com:80'],
    ['http://api.example.com:8080', 'api.example.com:8080'],
    ['http://api.example.com:8080', 'api.example.com'],
    ['http://api.example.com:8080', '.example.com:8080'],
    ['http://10.0.0.1', '10.0.0.1'],
    ['http://[::1]:9', '::1'],
    ['http://[::1]:9', '[::1]'],
    ['http://[::1]:9', '[::1]:9'],
    ['http://localhost', 'localhost'],
  ])('%s by %s', (origin, noProxy) => {
    expect(isExempt(origin, noProxy)).toBe(true);
  });

  it.each([
    ['https://api.example.com', ''],
    ['https://api.example.com', ' , ,'],
    ['https://api.example.com', '.'],
    ['https://api.example.com', 'example.com'],
    ['https://example.com', '.example.com'],
    ['https://badexample.com', '.example.com'],
    ['https://api.example.com', 'api.example.com:80'],
    ['http://api.example.com:8080', 'api.example.com:80'],
    ['http://10.0.0.1', '10.0.0.0/8'],
    ['http://[::1]:9', '[::1]:8'],
    ['http://localhost', '127.0.0.1'],
    ['http://127.0.0.1', ''],
  ])('not %s by %j', (origin, noProxy) => {
    expect(isExempt(origin, noProxy)).toBe(false);
  });
});
