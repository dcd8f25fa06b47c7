import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Agent, type Dispatcher, interceptors } from 'undici';
import { clients, rejection } from '../../packages/oauth2-backend/test/clients/client-world.js';
import {
  ask,
  type ForwardWorld,
  forwardWorld,
} from '../../packages/oauth2-backend/test/clients/forward/forward-world.js';

let world: ForwardWorld;
let elsewhere: string;
let seen: string[];
const agents: Agent[] = [];
beforeEach(async () => {
  world = await forwardWorld();
  seen = [];
  elsewhere = await world.serve((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.setHeader('content-type', 'application/json');
    response.end('{"access_token":"stolen","token_type":"Bearer","expires_in":3600}');
  });
});
afterEach(async () => {
  await world.close();
  await Promise.all(agents.splice(0).map((agent) => agent.destroy()));
});

function composed(...given: Dispatcher.DispatcherComposeInterceptor[]): Dispatcher {
  const agent = new Agent();
  agents.push(agent);
  return agent.compose(...given);
}

const redirect = () => composed(interceptors.redirect({ maxRedirections: 3 }));
const retry = () => composed(interceptors.retry({ methods: ['GET', 'POST'], minTimeout: 1, maxTimeout: 1 }));
/** Heeds no option of the request. */
const stubborn = () =>
  composed(
    (dispatch) => (options, handler) =>
      dispatch(options, {
        onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
        onResponseStart: (_, status, { location }) => {
          if (status < 300) return;
          const { origin, pathname } = new URL(String(location), String(options.origin));
          dispatch({ ...options, origin, path: pathname }, handler);
        },
        onResponseData: () => undefined,
        onResponseEnd: () => undefined,
        onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
      }),
  );

const viaUndici = clients.filter(({ name }) => name !== 'got');

describe('a given dispatcher with interceptors.redirect()', () => {
  it.each([301, 302, 303, 307, 308])('follows no %d of the token endpoint (12)', async (status) => {
    world.as.next({ status, headers: { location: `${elsewhere}/token` } });
    const error = await rejection(world.backend({}, { dispatcher: redirect() }).token());
    expect(error).toMatchObject({ code: 'ERR_OAUTH2_TOKEN_REQUEST', response: { status } });
    expect(seen).toEqual([]);
    expect(world.as.requests).toHaveLength(1);
  });

  it.each(viaUndici)('follows no redirect of $name to another origin', async ({ send }) => {
    world.api.next({ status: 307, headers: { location: `${elsewhere}/x` } });
    const answer = await send(world.backend({}, { dispatcher: redirect() }), 'x', { method: 'POST', body: 'text' });
    expect(answer.status).toBe(307);
    expect(seen).toEqual([]);
  });

  it('follows no redirect of a forwarded request', async () => {
    world.api.next({ status: 307, headers: { location: `${elsewhere}/x` } });
    const port = await world.application(world.backend({}, { dispatcher: redirect() }));
    expect(await ask(port, '/x')).toMatchObject({ status: 307 });
    expect(seen).toEqual([]);
  });
});

describe('a given dispatcher with interceptors.retry()', () => {
  it.each(viaUndici)('repeats nothing of $name: a 503 is the answer', async ({ send }) => {
    world.api.next({ status: 503, body: 'down' });
    expect(await send(world.backend({}, { dispatcher: retry() }), 'x')).toMatchObject({ status: 503, body: 'down' });
    expect(world.api.requests).toHaveLength(1);
  });

  it('repeats no token request: each is one of the three attempts that a renewal has', async () => {
    world.as.next({ status: 503 }, { status: 503 }, { status: 503 }, { status: 503 });
    const error = await rejection(world.backend({}, { dispatcher: retry() }).token());
    expect(error).toMatchObject({ response: { status: 503 } });
    expect(world.as.requests).toHaveLength(3);
  });
});

describe('a given dispatcher with an interceptor that starts a request again whatever it is told', () => {
  it('sends no token request elsewhere', async () => {
    world.as.next({ status: 307, headers: { location: `${elsewhere}/token` } });
    const error = await rejection(world.backend({}, { dispatcher: stubborn() }).token());
    expect(error.message).toContain('a second time');
    expect(seen).toEqual([]);
  });

  it.each(viaUndici)('sends no request of $name elsewhere: it fails', async ({ send }) => {
    const plain = world.backend();
    const value = (await plain.token()).value;
    const tokens = { api: { token: async () => ({ value, type: 'Bearer' as const, issuedAt: 0, expiresAt: 1e15 }) } };
    world.api.next({ status: 307, headers: { location: `${elsewhere}/x` } });
    const error = await rejection(send(world.backend({}, { dispatcher: stubborn(), tokens }), 'x'));
    expect(error).toMatchObject({
      code: 'ERR_OAUTH2_ORIGIN',
      message: `the given dispatcher would send a request to ${world.api.origin} a second time`,
    });
    expect(seen).toEqual([]);
  });
});
