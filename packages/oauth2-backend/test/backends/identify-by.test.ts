import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { decodeJwt } from 'jose';
import {
  type Backend,
  type BackendsOptions,
  createBackends,
  type OAuth2Definition,
  type RequestContext,
} from 'oauth2-backend';
import { type ApiServer, apiServer } from 'test-servers/api-server';
import { formOf, type TokenServer, tokenServer } from 'test-servers/token-server';
import { accepted } from '../sources/accepted.js';
import { manualClock } from '../sources/manual-clock.js';

let server: TokenServer;
let api: ApiServer;
beforeEach(async () => {
  [server, api] = await Promise.all([tokenServer(), apiServer()]);
});
afterEach(() => Promise.all([server.close(), api.close()]));

type Given = RequestContext | undefined;
const contextOf = (inbound: object) => ({ inbound, signal: new AbortController().signal }) as unknown as RequestContext;

/** A backend whose tokens depend on the context, by the given members of its block. */
function billing(oauth2: Partial<OAuth2Definition>, options: BackendsOptions = {}) {
  const backends = createBackends(
    {
      billing: {
        origin: api.origin,
        oauth2: {
          grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
          token_endpoint: server.url,
          ...oauth2,
        },
      },
    },
    options,
  );
  const of = (inbound: object): Backend => backends.for(contextOf(inbound)).billing;
  return {
    backends,
    of,
    token: async (inbound: object) => (await of(inbound).token()).value,
    counts: () => backends.status()[0]?.counts,
    state: () => backends.status()[0]?.state,
  };
}

const assertions = () => server.requests.map((request) => formOf(request)['assertion']);
const profile = { signature_algorithm: 'HS256', key: 'a-key-of-at-least-thirty-two-characters', ttl: '60s' } as const;

describe('a function assertion', () => {
  const assertion = (context: Given) => `a.${context?.inbound.user}.c`;

  it('is the identity: each assertion has its token, asked for once', async () => {
    const { token, counts } = billing({ assertion });
    const users = ['ann', 'bob', 'ann', 'bob', 'ann'];
    const values = await Promise.all(users.map((user) => token({ user })));
    expect(assertions().toSorted()).toEqual(['a.ann.c', 'a.bob.c']);
    const byUser = (user: string) =>
      server.requests.findIndex((request) => formOf(request)['assertion'] === `a.${user}.c`);
    expect(values).toEqual(users.map((user) => `token-${byUser(user) + 1}`));
    expect(counts()).toMatchObject({ tokenRequests: 2, renewals: 2, identities: 2, evictions: 0 });
  });

  it('is asked without a context outside of a request', async () => {
    const { backends } = billing({ assertion });
    await backends.get('billing').token();
    expect(assertions()).toEqual(['a.undefined.c']);
  });

  it('is skipped by ready(), and status() names no state', async () => {
    const asked = jest.fn(assertion);
    const { backends, state, counts } = billing({ assertion: asked });
    await backends.ready();
    expect(asked).not.toHaveBeenCalled();
    expect(server.requests).toEqual([]);
    expect([state(), counts()]).toMatchObject(['none', { identities: 0, evictions: 0 }]);
  });

  it('counts what maxIdentities makes it forget', async () => {
    const { token, counts } = billing({ assertion }, { maxIdentities: 2 });
    for (const user of ['ann', 'bob', 'ann', 'eve', 'bob']) await token({ user });
    expect(assertions()).toEqual(['a.ann.c', 'a.bob.c', 'a.eve.c', 'a.bob.c']);
    expect(counts()).toMatchObject({ tokenRequests: 4, identities: 2, evictions: 2 });
  });

  it('that gives nothing in the time for a renewal is a TokenTimeoutError, also without a limit of the caller', async () => {
    const hanging = () => new Promise<string>(() => {});
    for (const oauth2 of [{ assertion: hanging }, { assertion, subject: hanging as never }]) {
      const { token } = billing({ ...oauth2, backend: { timeout: '30ms' } });
      const error = await token({ user: 'ann' }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'ERR_OAUTH2_TOKEN_TIMEOUT', statusCode: 504 });
      expect(String(error)).toContain('"billing"');
    }
    expect(server.requests).toEqual([]);
  });

  it('is asked with again after a refusal of the assertion, but not of the client', async () => {
    let made = 0;
    const minted = () => {
      made += 1;
      return `a.${made}.c`;
    };
    const { token } = billing({ assertion: minted, subject: () => 'ann' });
    server.failure = { status: 400, body: { error: 'invalid_grant' } };
    await expect(token({ user: 'ann' })).rejects.toThrow('invalid_grant');
    server.failure = { status: 401, body: { error: 'invalid_client' } };
    await expect(token({ user: 'ann' })).rejects.toThrow('invalid_client');
    await expect(token({ user: 'ann' })).rejects.toThrow('invalid_client');
    expect(assertions()).toEqual(['a.1.c', 'a.2.c']);
  });

  it("renews nobody else's token after a 401", async () => {
    const { of, token, counts } = billing({ assertion });
    const [ann, bob] = [await token({ user: 'ann' }), await token({ user: 'bob' })];
    for (const user of ['ann', 'bob']) await accepted(of({ user }).token());
    api.revoke(ann);
    for (const user of ['ann', 'bob']) expect((await of({ user }).fetch('/x')).status).toBe(200);
    expect(api.tokens()).toEqual([ann, 'token-3', bob]);
    expect(assertions()).toEqual(['a.ann.c', 'a.bob.c', 'a.ann.c']);
    expect(counts()).toMatchObject({ refusals: 1, failures: 0, identities: 2 });
  });

  it('that is refused pauses nobody else', async () => {
    const { token } = billing({ assertion });
    server.next({ status: 400, body: { error: 'invalid_grant' } });
    await expect(token({ user: 'ann' })).rejects.toMatchObject({ response: { error: 'invalid_grant' } });
    await expect(token({ user: 'ann' })).rejects.toMatchObject({ response: { error: 'invalid_grant' } });
    expect(await token({ user: 'bob' })).toBe('token-1');
    expect(assertions()).toEqual(['a.ann.c', 'a.bob.c']);
  });
});

describe('function claims of an assertion', () => {
  it('are the identity without iat, exp, nbf and jti', async () => {
    let made = 0;
    const claims = ({ inbound }: RequestContext) => {
      made += 1;
      return { sub: inbound.user, iat: made, exp: made, nbf: made, jti: `${made}` };
    };
    const { token, counts } = billing({ jwt_signing_profile: { ...profile, claims: claims as never } });
    for (const user of ['ann', 'ann', 'bob', 'ann']) await token({ user });
    expect(made).toBe(4);
    expect(assertions().map((jwt) => decodeJwt(jwt ?? '').sub)).toEqual(['ann', 'bob']);
    expect(counts()).toMatchObject({ identities: 2 });
  });

  it('tell apart any other claim, however deep, also by halves of surrogate pairs', async () => {
    const all = [
      { sub: 'ann' },
      { sub: 'ann', act: { sub: 'bob' } },
      { sub: 'ann', act: { sub: 'bob', exp: 1 } },
      { sub: 'ann', act: { sub: 'bob', exp: 2 } },
      { sub: 'ann', groups: ['a', 'b'] },
      { sub: 'ann', groups: ['ab'] },
      { sub: ['ann'] },
      { sub: '\ud800' },
      { sub: '\ud801' },
    ];
    const claims = (context: Given) => context?.inbound as Record<string, unknown>;
    const { token } = billing({ jwt_signing_profile: { ...profile, claims } });
    const values = new Set<string>();
    for (const given of [...all, ...all]) values.add(await token(given));
    expect(values.size).toBe(all.length);
    expect(server.requests).toHaveLength(all.length);
  });
});

describe('subject', () => {
  const subject = (context: Given) => context?.inbound.user as string;
  let made: number;
  const assertion = (context: Given) => {
    made += 1;
    return context?.inbound.assertion ?? `a.${context?.inbound.user}.${made}`;
  };
  beforeEach(() => {
    made = 0;
  });

  it('names the identity: the assertion is made only when a token is needed', async () => {
    const { token, counts } = billing({ subject, assertion });
    await Promise.all(Array.from({ length: 20 }, () => token({ user: 'ann' })));
    for (const user of ['ann', 'bob', 'ann', 'bob']) await token({ user });
    expect(made).toBe(2);
    expect(assertions()).toEqual(['a.ann.1', 'a.bob.2']);
    expect(counts()).toMatchObject({ tokenRequests: 2, identities: 2 });
  });

  it('names it for function claims too', async () => {
    const claims = jest.fn((context: Given) => ({ sub: context?.inbound.user, now: ++made }));
    const { token } = billing({ subject, jwt_signing_profile: { ...profile, claims } });
    for (const user of ['ann', 'bob', 'ann']) await token({ user });
    expect(claims).toHaveBeenCalledTimes(2);
    expect(assertions().map((jwt) => decodeJwt(jwt ?? '').sub)).toEqual(['ann', 'bob']);
  });

  it('makes a new assertion after a 401', async () => {
    const { of } = billing({ subject, assertion });
    api.revoke((await accepted(of({ user: 'ann' }).token())).value);
    expect((await of({ user: 'ann' }).fetch('/x')).status).toBe(200);
    expect(assertions()).toEqual(['a.ann.1', 'a.ann.2']);
  });

  it('has no part in a refusal, which belongs to the assertion', async () => {
    const { token } = billing({ subject, assertion });
    const refusal = { response: { error: 'invalid_grant' } };
    server.next({ status: 400, body: { error: 'invalid_grant' } });
    await expect(token({ user: 'ann', assertion: 'bad' })).rejects.toMatchObject(refusal);
    await expect(token({ user: 'ann', assertion: 'bad' })).rejects.toMatchObject(refusal);
    expect(assertions()).toEqual(['bad']);
    expect(await token({ user: 'ann', assertion: 'good' })).toBe('token-1');
    expect(assertions()).toEqual(['bad', 'good']);
    expect(await token({ user: 'ann', assertion: 'bad' })).toBe('token-1');
  });

  it('has a renewal in the background evaluate the context before its caller is released', async () => {
    const clock = manualClock();
    const released: string[] = [];
    const slow = async (context: Given) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      released.push(`read ${context?.inbound.request}`);
      return `a.${context?.inbound.request}`;
    };
    const { token } = billing({ subject, assertion: slow }, { clock });
    await token({ user: 'ann', request: 1 });
    clock.pass(3_400_000);
    const release = server.hold();
    expect(await token({ user: 'ann', request: 2 })).toBe('token-1');
    released.push('released');
    expect(released).toEqual(['read 1', 'read 2', 'released']);
    expect(await token({ user: 'ann', request: 3 })).toBe('token-1');
    await server.arrived(2);
    release();
    expect(assertions()).toEqual(['a.1', 'a.2']);
  });

  it('is not made to wait by a context of his that gave no assertion', async () => {
    const { token, counts } = billing({ subject, assertion: (context) => context?.inbound.assertion as string });
    await expect(token({ user: 'ann' })).rejects.toMatchObject({ code: 'ERR_OAUTH2_MISSING_SUBJECT' });
    expect(server.requests).toEqual([]);
    expect(await token({ user: 'ann', assertion: 'good' })).toBe('token-1');
    expect(counts()).toMatchObject({ tokenRequests: 1, failures: 1 });
  });
});

describe('a function that gives no identity', () => {
  const error = new Error('no header');
  const wrong: readonly [string, () => unknown, string][] = [
    [
      'throws',
      () => {
        throw error;
      },
      'threw',
    ],
    ['rejects', () => Promise.reject(error), 'threw'],
    ['gives null', () => null, 'gave null'],
    ['gives nothing', () => undefined, 'gave undefined'],
    ['gives an empty string', async () => '', 'gave an empty string'],
    ['gives a number', () => 7, 'gave number'],
    ['gives a list', () => ['ann'], 'gave a list'],
  ];
  const ways: readonly [string, (give: never) => Partial<OAuth2Definition>][] = [
    ['assertion', (give) => ({ assertion: give })],
    ['subject', (give) => ({ subject: give, assertion: () => 'a.b.c' })],
    ['assertion', (give) => ({ subject: () => 'ann', assertion: give })],
    ['claims of the jwt_signing_profile', (give) => ({ jwt_signing_profile: { ...profile, claims: give } })],
  ];
  const cases = ways.flatMap(([attribute, block]) =>
    wrong.map(([what, give, words]) => ({ attribute, block, what, give, words })),
  );

  it.each(cases)(
    'as $attribute, because it $what, is an error that names the backend; nothing is sent',
    async ({ attribute, block, give, words }) => {
      const { of, token, counts } = billing(block(give as never));
      const nobody = attribute === 'assertion' && /null|undefined|empty/.test(words);
      const failure = nobody
        ? { code: 'ERR_OAUTH2_MISSING_SUBJECT', statusCode: 401, backend: 'billing' }
        : {
            code: 'ERR_OAUTH2_NO_TOKEN',
            statusCode: 502,
            message: `${attribute} of "billing" could not be had: its function ${words}`,
            ...(words === 'threw' && { cause: error }),
          };
      await expect(token({})).rejects.toMatchObject(failure);
      await expect(of({}).fetch('/x')).rejects.toMatchObject(failure);
      await expect(of({}).got('x')).rejects.toMatchObject(failure);
      expect(server.requests).toEqual([]);
      expect(api.requests).toEqual([]);
      expect(counts()).toMatchObject({ tokenRequests: 0 });
    },
  );
});
