import { inspect } from 'node:util';
import { describe, expect, it, jest } from '@jest/globals';
import { type AccessToken, TokenRequestError, type TokenSource } from 'oauth2-backend';
import { type Bearer, tieBearer } from '../../src/bearer/bearer.js';
import type { Refusal } from '../../src/bearer/refusals.js';
import { targetRule } from '../../src/bearer/target.js';
import { accepted } from '../sources/accepted.js';
import { keeping } from '../sources/keeping.js';
import { manualClock } from '../sources/manual-clock.js';
import { scriptedSource } from '../sources/scripted-source.js';

const ORIGIN = 'https://billing.example.com';
const target = targetRule({ name: 'billing', origin: ORIGIN, pathPrefix: '' });
const tie = (source: TokenSource | undefined, retries = 1, warn: (message: string) => void = () => {}) =>
  tieBearer({ name: 'billing', source, target, retries, warn });

const refusal = (token: AccessToken, options: Partial<Refusal> = {}): Refusal => ({
  token,
  challenges: 'Bearer error="invalid_token"',
  status: 401,
  replayable: true,
  repeats: { renewed: 0 },
  query: {},
  ...options,
});

function tied(retries?: number) {
  const keepingIt = keeping();
  return { ...keepingIt, billing: tie(keepingIt.kept, retries) };
}

/** Remembers how it was asked; gives `a1`, `a2`, … */
function naked() {
  const source = scriptedSource(manualClock());
  return { source, billing: tie(source) };
}

describe('bearer.current() and bearer.token()', () => {
  it('fail alike when the source throws', async () => {
    const fail = () => {
      throw new Error('of the source');
    };
    const billing = tie({ token: fail, current: fail });
    const failure = { code: 'ERR_OAUTH2_NO_TOKEN', statusCode: 502, cause: { message: 'of the source' } };
    await expect(billing.token({})).rejects.toMatchObject(failure);
    await expect((async () => billing.current())()).rejects.toMatchObject(failure);
  });

  it('pass on what the source has', async () => {
    const { billing, source } = tied();
    expect(billing.current()).toBeUndefined();
    const signal = new AbortController().signal;
    const token = await billing.token({ signal });
    expect(billing.current()).toBe(token);
    expect(source.queries).toHaveLength(1);
  });

  it('have nothing without a source', async () => {
    const billing = tie(undefined);
    expect(billing.hasToken).toBe(false);
    expect(billing.current()).toBeUndefined();
    await expect(billing.token({})).rejects.toMatchObject({ code: 'ERR_OAUTH2_NO_TOKEN', statusCode: 500 });
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['text', 'junk-that-is-secret'],
    ['no value', { type: 'Bearer' }],
    ['an empty value', { value: '' }],
    ['a number', { value: 5 }],
    ['a line break', { value: 'junk-that-is-secret\r\nX-Evil: 1' }],
    ['a space', { value: 'junk-that-is-secret x' }],
    ['an umlaut', { value: 'junk-that-is-secret-ä' }],
  ])('refuse what is no token and do not print it: %s', async (_, junk) => {
    const billing = tie({ token: async () => junk as AccessToken, current: () => junk as AccessToken });
    const error = await billing.token({}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'ERR_OAUTH2_NO_TOKEN',
      statusCode: 502,
      message: 'token source of "billing" gave a token that no header may carry',
    });
    expect(inspect(error, { showHidden: true, depth: 10 })).not.toContain('junk');
    let current: unknown;
    try {
      current = billing.current();
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'ERR_OAUTH2_NO_TOKEN' });
    }
    expect(current).toBeUndefined();
  });

  it('give the errors of a source as they are when they are ours, else as cause', async () => {
    const ours = new TokenRequestError('ours');
    await expect(tie({ token: () => Promise.reject(ours) }).token({})).rejects.toBe(ours);
    const cause = new Error('theirs');
    const throwing = tie({
      token() {
        throw cause;
      },
    });
    await expect(throwing.token({})).rejects.toMatchObject({ code: 'ERR_OAUTH2_NO_TOKEN', statusCode: 502, cause });
  });

  it('give the reason of a signal that fired, whatever the source made of it', async () => {
    const controller = new AbortController();
    const billing = tie({
      async token() {
        controller.abort('mine');
        throw new Error('aborted');
      },
    });
    await expect(billing.token({ signal: controller.signal })).rejects.toBe('mine');
    const again = tie({ token: () => Promise.reject(new Error('aborted')) });
    const token = { value: 'x', type: 'Bearer', issuedAt: 0, expiresAt: 1 } as const;
    const query = { signal: controller.signal };
    await expect(again.afterRefusal(refusal(token, { query }))).rejects.toBe('mine');
  });
});

describe('bearer: a source that does not heed the signal', () => {
  it('does not hold a caller who has left, before the request or after a 401', async () => {
    const billing = tie({ token: () => new Promise(() => {}) });
    const token = { value: 'x', type: 'Bearer', issuedAt: 0, expiresAt: 1 } as const;
    const controller = new AbortController();
    const query = { signal: controller.signal };
    const asked = [billing.token(query), billing.afterRefusal(refusal(token, { query }))];
    controller.abort('mine');
    for (const each of asked) await expect(each).rejects.toBe('mine');
  });
});

describe('bearer.afterRefusal(refusal) of a kept token', () => {
  it('gives a newer token', async () => {
    const { billing, source } = tied();
    const token = await accepted(billing.token({}));
    expect((await billing.afterRefusal(refusal(token)))?.value).toBe('token-2');
    expect(source.queries[1]?.refused).toBe('token-1');
  });

  it.each<[string, Refusal['challenges']]>([
    ['no challenge', undefined],
    ['no error', 'Bearer realm="x"'],
    ['an unknown error', 'Bearer error="expired"'],
    ['challenges of other schemes', ['Basic realm="x"', 'Negotiate']],
  ])('gives one after %s too (RFC 6750 §3.1)', async (_, challenges) => {
    const { billing } = tied();
    const token = await accepted(billing.token({}));
    expect((await billing.afterRefusal(refusal(token, { challenges })))?.value).toBe('token-2');
  });

  it.each([
    'Bearer error="insufficient_scope"',
    'Bearer error="invalid_request"',
    'Bearer error="insufficient_user_authentication"',
    'DPoP algs="ES256"',
  ])('judges the challenge first: %s leaves the token alone', async (challenges) => {
    const { billing, source } = tied();
    const token = await accepted(billing.token({}));
    for (const replayable of [true, false]) {
      expect(await billing.afterRefusal(refusal(token, { challenges, replayable }))).toBeUndefined();
    }
    expect(billing.current()).toBe(token);
    expect(source.queries).toHaveLength(1);
  });

  it('warns once of an API that wants DPoP, whatever it answers next', async () => {
    const warn = jest.fn();
    const { kept } = keeping();
    const billing = tie(kept, 1, warn);
    const token = await accepted(billing.token({}));
    for (let count = 0; count < 3; count++) {
      await billing.afterRefusal(refusal(token, { challenges: 'DPoP algs="ES256"' }));
    }
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^backend "billing": the API wants DPoP/)]]);
  });

  it('tells the keeper of a refusal that cannot be repeated, and asks for nothing', async () => {
    const { billing, source } = tied();
    const token = await accepted(billing.token({}));
    expect(await billing.afterRefusal(refusal(token, { replayable: false }))).toBeUndefined();
    expect(source.queries).toHaveLength(1);
    expect(billing.current()).toBeUndefined();
    expect((await billing.token({})).value).toBe('token-2');
  });

  it.each([0, 1, 3])('repeats %d times at most with a newer token (RFC 9110 §15.5.2)', async (retries) => {
    const { billing, clock, source } = tied(retries);
    const repeats = { renewed: 0 };
    let token = await accepted(billing.token({}));
    for (let count = 0; count < retries; count++) {
      const next = await billing.afterRefusal(refusal(token, { repeats }));
      expect(next).toBeDefined();
      token = await accepted(next ?? token);
      clock.pass(60_000);
    }
    expect(await billing.afterRefusal(refusal(token, { repeats }))).toBeUndefined();
    expect(source.queries).toHaveLength(retries + 1);
    expect(billing.current()).toBeUndefined();
  });

  it('leaves the refusal to the caller when the budget is spent', async () => {
    const { billing, source } = tied(9);
    const repeats = { renewed: 0, asItWas: true };
    let token = await accepted(billing.token({}));
    for (let count = 0; count < 5; count++) {
      token = await accepted((await billing.afterRefusal(refusal(token, { repeats }))) ?? token);
    }
    expect(await billing.afterRefusal(refusal(token, { repeats }))).toBeUndefined();
    expect(source.queries).toHaveLength(6);
    expect(await billing.token({})).toBe(token);
  });

  it('fails with resource { status: 401 } when the renewal fails; later callers go on', async () => {
    const { billing, source } = tied();
    const token = await accepted(billing.token({}));
    source.give = () => Promise.reject(new TokenRequestError('answered 400', { response: { status: 400 } }));
    const error = await billing.afterRefusal(refusal(token)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TokenRequestError);
    expect(error).toMatchObject({ message: 'answered 400', resource: { status: 401 }, response: { status: 400 } });
    expect(await billing.token({})).toBe(token);
  });

  it('has no answer to a 401 of a backend without a token', async () => {
    const token = { value: 'x', type: 'Bearer', issuedAt: 0, expiresAt: 1 } as const;
    expect(await tie(undefined).afterRefusal(refusal(token))).toBeUndefined();
  });
});

describe('bearer.afterRefusal(refusal) of a source that nobody keeps', () => {
  it('names the refused token; the same object again says that there is no newer one', async () => {
    const { billing, source } = naked();
    const token = await billing.token({});
    expect((await billing.afterRefusal(refusal(token)))?.value).toBe('token-2');
    expect(source.queries.map(({ refused }) => refused)).toEqual([undefined, 'token-1']);
    source.give = () => token;
    expect(await billing.afterRefusal(refusal(token))).toBeUndefined();
  });

  it('remembers a refusal that was not repeated until another token comes', async () => {
    const { billing, source } = naked();
    const stubborn: Bearer = tie({ token: (query) => source.token(query), current: () => first });
    const first = await stubborn.token({});
    await stubborn.afterRefusal(refusal(first, { replayable: false }));
    expect(stubborn.current()).toBeUndefined();
    source.give = () => first;
    expect(await stubborn.token({})).toBe(first);
    source.give = () => source.make();
    await stubborn.token({});
    await stubborn.token({});
    expect(source.queries.map(({ refused }) => refused)).toEqual([undefined, 'token-1', 'token-1', undefined]);
    expect(billing.current()).toBeUndefined();
  });

  it('wraps what it throws, with resource { status: 401 }', async () => {
    const { billing, source } = naked();
    const token = await billing.token({});
    const cause = new Error('down');
    source.give = () => Promise.reject(cause);
    await expect(billing.afterRefusal(refusal(token))).rejects.toMatchObject({
      code: 'ERR_OAUTH2_NO_TOKEN',
      resource: { status: 401 },
      cause,
    });
  });
});
