import { describe, expect, it, jest } from '@jest/globals';
import { bearer, ConfigurationError } from 'oauth2-backend';
import { manualClock } from '../sources/manual-clock.js';
import { scriptedSource } from '../sources/scripted-source.js';

const ORIGIN = 'https://billing.example.com';

describe('bearer(source, options)', () => {
  const source = scriptedSource(manualClock());

  it('is named after its origin unless it has a name', () => {
    expect(bearer(source, { origin: ORIGIN }).name).toBe(ORIGIN);
    expect(bearer(source, { origin: ORIGIN, name: 'billing' }).name).toBe('billing');
  });

  it.each<[string, Parameters<typeof bearer>[1]]>([
    ['plain http', { origin: 'http://billing.example.com' }],
    ['an origin with a path', { origin: `${ORIGIN}/v1` }],
    ['a prefix that climbs', { origin: ORIGIN, pathPrefix: '/a/../b' }],
    ['retries -1', { origin: ORIGIN, retries: -1 }],
    ['retries 256', { origin: ORIGIN, retries: 256 }],
    ['retries 1.5', { origin: ORIGIN, retries: 1.5 }],
  ])('refuses %s', (_, options) => {
    expect(() => bearer(source, options)).toThrow(ConfigurationError);
  });

  it('reports all that is wrong together, by the names that stand in code', () => {
    const options = { origin: `${ORIGIN}/v1`, pathPrefix: '/a/../b', allowHttp: 1, retries: -1, path_prefix: '/a' };
    let thrown: unknown;
    try {
      bearer(undefined as never, options as never);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ConfigurationError);
    const { problems } = thrown as ConfigurationError;
    const paths = problems.map(({ path }) => path).sort();
    expect(paths).toEqual(['allowHttp', 'origin', 'pathPrefix', 'path_prefix', 'retries', 'source']);
  });

  it('takes 0 to 255 retries', () => {
    for (const retries of [0, 255]) expect(bearer(source, { origin: ORIGIN, retries }).hasToken).toBe(true);
  });

  it('takes plain http on loopback, elsewhere by consent and with a warning (RFC 6750 §5.3)', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    try {
      expect(bearer(source, { origin: 'http://127.0.0.1:8080' }).hasToken).toBe(true);
      expect(warn).not.toHaveBeenCalled();
      expect(bearer(source, { origin: 'http://billing.example.com', allowHttp: true }).hasToken).toBe(true);
      expect(warn).toHaveBeenCalledTimes(1);
      expect(warn).toHaveBeenCalledWith(expect.stringContaining('http'), { type: 'OAuth2BackendWarning' });
    } finally {
      warn.mockRestore();
    }
  });
});
