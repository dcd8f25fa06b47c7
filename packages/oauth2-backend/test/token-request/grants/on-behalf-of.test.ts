/** The other form of on-behalf-of, jwt-bearer with `requested_token_use`, which needs nothing of its own. */

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { RequestContext } from 'oauth2-backend';
import { formOf } from 'test-servers/token-server';
import { type ClientWorld, clientWorld, rejection } from '../../clients/client-world.js';

let world: ClientWorld;
beforeEach(async () => {
  world = await clientWorld();
});
afterEach(() => world.close());

it("jwt-bearer asks on behalf of the request's user through params and a function assertion", async () => {
  const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer' as const;
  const backends = world.backends({
    oauth2: {
      grant_type,
      scope: 'api://billing/.default',
      params: { requested_token_use: 'on_behalf_of' },
      assertion: (context) => context?.inbound.auth?.token,
    },
  });
  const of = (token: string | undefined) =>
    backends.for({ inbound: { auth: token && { token } }, signal: new AbortController().signal } as RequestContext).api;
  const values = await Promise.all(['of.amy.x', 'of.bob.x', 'of.amy.x'].map((token) => of(token).token()));
  expect(values.map(({ value }) => value)).toEqual([values[0]?.value, values[1]?.value, values[0]?.value]);
  expect(world.as.requests.map(formOf)).toEqual(
    ['of.amy.x', 'of.bob.x'].map((assertion) => ({
      grant_type,
      assertion,
      scope: 'api://billing/.default',
      requested_token_use: 'on_behalf_of',
    })),
  );
  expect(await rejection(of(undefined).token())).toMatchObject({ code: 'ERR_OAUTH2_MISSING_SUBJECT', statusCode: 401 });
  expect(world.as.requests).toHaveLength(2);
});
