import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { sealing } from 'oauth2-backend';

const [first, second] = [randomBytes(32), randomBytes(32)];
const identity = (digest: (credential: string) => string) => `shop ${digest('its secret')}`;

describe('sealing({ storeSecret })', () => {
  it.each([undefined, null, {}])('refuses %p', (options) => {
    expect(() => sealing(options as never)).toThrow('storeSecret: is missing');
  });

  it('opens what it sealed, at the same key only', async () => {
    const seals = sealing({ storeSecret: first });
    const sealed = await seals.seal('key', 'the record é');
    expect(sealed).toMatch(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(await seals.open('key', sealed)).toBe('the record é');
    expect(await seals.open('another', sealed)).toBeUndefined();
    expect(await sealing({ storeSecret: second }).open('key', sealed)).toBeUndefined();
  });

  it('seals the same record differently each time', async () => {
    const seals = sealing({ storeSecret: first });
    expect(await seals.seal('key', 'x')).not.toBe(await seals.seal('key', 'x'));
  });

  it('seals with the first of two secrets and opens with both', async () => {
    const [old, both, next] = [[first], [second, first], [second]].map((storeSecret) => sealing({ storeSecret }));
    expect(await both?.open('key', (await old?.seal('key', 'a')) ?? '')).toBe('a');
    expect(await next?.open('key', (await both?.seal('key', 'b')) ?? '')).toBe('b');
    expect(both?.keysOf(identity)).toEqual([...(next?.keysOf(identity) ?? []), ...(old?.keysOf(identity) ?? [])]);
  });

  it('gives keys that are alike for the same identity and secret, and say nothing of either', () => {
    const [key = ''] = sealing({ storeSecret: first }).keysOf(identity);
    expect(sealing({ storeSecret: first }).keysOf(identity)).toEqual([key]);
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(sealing({ storeSecret: first }).keysOf((digest) => `shop ${digest('other')}`)).not.toEqual([key]);
    expect(sealing({ storeSecret: second }).keysOf(identity)).not.toEqual([key]);
    expect(sealing({ storePlaintext: true }).keysOf(identity)).not.toEqual([key]);
  });
});
