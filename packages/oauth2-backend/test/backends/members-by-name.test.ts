import { inspect } from 'node:util';
import { describe, expect, it, jest } from '@jest/globals';
import { UnknownBackendError } from 'oauth2-backend';
import { membersByName, unknownBackend } from '../../src/backends/members-by-name.js';

const names = ['billing', 'orders'];

describe('membersByName(members)', () => {
  const member = jest.fn((name: string): { name: string } => {
    if (!names.includes(name)) throw unknownBackend(name, names);
    return { name };
  });
  const members = membersByName({ names: () => names, member });

  it('makes a member when it is read, none before', () => {
    expect('billing' in members).toBe(true);
    expect('bill' in members).toBe(false);
    expect(Object.keys(members)).toEqual(names);
    expect(member).not.toHaveBeenCalled();
    expect(members['billing']).toEqual({ name: 'billing' });
    expect(member).toHaveBeenCalledTimes(1);
  });

  it('throws for an unknown name, with the nearest one', () => {
    expect(() => members['biling']).toThrow(UnknownBackendError);
    expect(() => members['biling']).toThrow('no backend is named "biling"; did you mean "billing"?');
    expect(() => members['zzzzzzzzzz']).toThrow(/^no backend is named "zzzzzzzzzz"$/);
  });

  it('has no symbols, no then, no toJSON: it can be awaited, printed and stringified', async () => {
    expect(Reflect.get(members, Symbol.iterator)).toBeUndefined();
    expect(members['then']).toBeUndefined();
    expect(members['toJSON']).toBeUndefined();
    expect(await Promise.resolve(members)).toBe(members);
    expect(() => inspect(members, { depth: 5, showHidden: true, getters: true })).not.toThrow();
    expect(JSON.stringify(members)).toBe('{"billing":{"name":"billing"},"orders":{"name":"orders"}}');
    expect(`${Object.prototype.toString.call(members)}`).toBe('[object Object]');
  });

  it('cannot be changed', () => {
    expect(Reflect.set(members, 'billing', 1)).toBe(false);
    expect(Reflect.deleteProperty(members, 'billing')).toBe(false);
    expect(Reflect.defineProperty(members, 'x', { value: 1 })).toBe(false);
    expect(Reflect.setPrototypeOf(members, null)).toBe(false);
  });
});
