import { describe, expect, it } from '@jest/globals';
import { parseArguments, UsageError } from '../src/arguments.js';

describe('parseArguments(args)', () => {
  it('has fixed ports unless others are given', () => {
    const none = { claims: false, help: false, print: undefined };
    expect(parseArguments([])).toEqual({ ...none, authorizationServerPort: 4010, apiPort: 4011 });
    const given = parseArguments(['--as-port', '0', '--api-port=5000', '--claims', '--print', 'all']);
    expect(given).toEqual({ authorizationServerPort: 0, apiPort: 5000, claims: true, help: false, print: 'all' });
  });

  it.each([
    ['--as-port', '65536'],
    ['--as-port', '-1'],
    ['--api-port', '4010'],
    ['--api-port'],
    ['--port', '1'],
    ['start'],
  ])('refuses %s %s', (...args) => {
    expect(() => parseArguments(args)).toThrow(UsageError);
  });
});
