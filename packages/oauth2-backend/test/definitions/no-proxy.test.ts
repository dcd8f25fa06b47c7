import { describe, expect, it } from '@jest/globals';
import { readNoProxy } from '../../src/definitions/resolve/no-proxy.js';

describe('readNoProxy(text)', () => {
  it.each([
    ['https://api.example.com', '*'],
    ['https://api.example.com', '*:443'],
    ['https://api.example.com', 'api.example.com'],
    ['https://api.example.com', 'API.example.com'],
    ['https://api.example.com', 'a.lan, api.example.com ,b.lan'],
    ['https://api.example.com', 'a.lan\tapi.example.com\n'],
    ['https://api.example.com', '10.0.0.0/99,api.example.com'],
    ['https://api.example.com', 'example.com'],
    ['https://api.example.com', '.example.com'],
    ['https://api.example.com', '*.example.com'],
    ['https://example.com', '.example.com'],
    ['https://example.com', '*.example.com'],
    ['https://a.b.example.com', 'example.com'],
    ['https://api.example.com', '.com'],
    ['https://api.example.com.', 'example.com'],
    ['https://api.example.com', 'example.com.'],
    ['https://example.com.', '.example.com.'],
    ['https://api.xn--mnchen-3ya.de', 'münchen.de'],
    ['https://api.example.com', 'api.example.com:443'],
    ['http://api.example.com', 'api.example.com:80'],
    ['http://api.example.com:8080', 'api.example.com:8080'],
    ['http://api.example.com:8080', 'api.example.com'],
    ['http://api.example.com:8080', '.example.com:8080'],
    ['http://api_v1.lan', 'api_v1.lan'],
    ['http://10.0.0.1', '10.0.0.1'],
    ['http://10.0.0.1', '10.0.0.0/8'],
    ['http://10.255.0.1', '10.1.2.3/8'],
    ['http://10.0.0.1:8080', '10.0.0.0/8:8080'],
    ['http://192.168.1.129', '192.168.1.128/25'],
    ['http://1.2.3.4', '0.0.0.0/0'],
    ['http://[::1]:9', '::1'],
    ['http://[::1]:9', '[::1]'],
    ['http://[::1]:9', '[::1]:9'],
    ['http://[::1]:9', '0:0:0:0:0:0:0:1'],
    ['http://[fd12::1]', 'fd00::/8'],
    ['http://[fd12::1]:9', '[fd00::/8]:9'],
    ['http://localhost', 'localhost'],
  ])('exempts %s by %j', (origin, list) => {
    expect(readNoProxy(list).exempts(origin)).toBe(true);
  });

  it.each([
    ['https://api.example.com', ''],
    ['https://api.example.com', ' , ,'],
    ['https://badexample.com', 'example.com'],
    ['https://badexample.com', '.example.com'],
    ['https://example.com', 'api.example.com'],
    ['https://example.com.evil.lan', 'example.com'],
    ['https://api.example.com', 'api.example.com:80'],
    ['http://api.example.com:8080', 'api.example.com:80'],
    ['http://11.0.0.1', '10.0.0.0/8'],
    ['http://192.168.1.127', '192.168.1.128/25'],
    ['http://10.0.0.1', '10.0.0.0/8:8080'],
    ['http://10.0.0.1.lan', '10.0.0.1'],
    ['http://10.0.0.1.lan', '10.0.0.0/8'],
    ['http://[fe80::1]', 'fd00::/8'],
    ['http://[::1]:9', '[::1]:8'],
    ['http://localhost', '127.0.0.1'],
    ['http://localhost', '127.0.0.0/8'],
    ['http://127.0.0.1', ''],
  ])('does not exempt %s by %j', (origin, list) => {
    const { exempts, unread } = readNoProxy(list);
    expect(exempts(origin)).toBe(false);
    expect(unread).toEqual([]);
  });

  it.each([
    '.',
    '*.',
    '..example.com',
    'a..b',
    'api.*.com',
    '*example.com',
    'example.com:x',
    'example.com:0',
    'example.com:65536',
    'example.com/8',
    'http://example.com',
    'user@example.com',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '10.0.0.0/8:x',
    '10.1',
    'fd00::/129',
    'fd00::1::2',
    '[::1',
    '[::1]9',
    '[example.com]',
  ])('cannot read %j', (entry) => {
    const { exempts, unread } = readNoProxy(`a.lan,${entry} b.lan`);
    expect(unread).toEqual([entry]);
    expect(exempts('http://b.lan')).toBe(true);
    expect(exempts('http://api.example.com')).toBe(false);
  });
});
