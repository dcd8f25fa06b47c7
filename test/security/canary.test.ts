import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { type BackendDefinitions, ConfigurationError, createBackends } from 'oauth2-backend';
import { tokenServer } from 'test-servers/token-server';
import { rejection } from '../../packages/oauth2-backend/test/clients/client-world.js';
import { canaries, leaks, rows, spellings } from './canaries.js';
import { everyFailure } from './every-failure.js';

const ends: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of ends) await end();
});

// Here errors say the most.
everyFailure('development');

describe('the token that a token backend carries', () => {
  it('does not show when the token endpoint repeats it', async () => {
    const [gate, as] = await Promise.all([tokenServer(), tokenServer()]);
    ends.push(gate.close, as.close);
    gate.extra = { access_token: canaries.token };
    as.failure = { status: 400, body: { error: 'x', error_description: `unknown: ${canaries.token}` } };
    const client = { grant_type: 'client_credentials', client_id: 'shop', client_secret: 'of-the-shop' } as const;
    const gateway = { origin: as.origin, oauth2: { ...client, token_endpoint: gate.url } };
    const post = {
      token_endpoint: as.url,
      token_endpoint_auth_method: 'client_secret_post',
      backend: 'gateway',
    } as const;
    const backends = createBackends({ gateway, api: { origin: 'http://127.0.0.1:9', oauth2: { ...client, ...post } } });
    const error = await rejection(backends.get('api').token());
    expect(as.requests[0]?.headers.authorization).toBe(`Bearer ${canaries.token}`);
    expect(error).toMatchObject({ response: { error: 'x' } });
    expect(leaks(inspect(error, { depth: 20, showHidden: true }))).toEqual([]);
    await backends.close();
  });
});

describe('a definition that is refused', () => {
  it.each(rows)('shows no secret: $name', ({ oauth2 }) => {
    const {
      client_secret_function: source,
      client_secret: secret = source,
      ...rest
    } = oauth2 as Record<string, string>;
    const endpoint = `http://as.example/token?key=${canaries.endpoint_query}#x`;
    const block = { grant_type: 'client_credentials', client_id: 'a\n', token_endpoint: endpoint, scope: '"', ...rest };
    for (const place of [
      { client_secret: [secret] },
      { secret },
      { client_secret: secret, params: { x: { secret } } },
    ]) {
      const wrong = { api: { origin: 'ftp://x', oauth2: { ...block, ...place } } } as unknown as BackendDefinitions;
      const error = thrownBy(() => createBackends(wrong));
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(
        leaks(`${inspect(error, { depth: 20, showHidden: true })} ${JSON.stringify(error)} ${error.stack}`),
      ).toEqual([]);
    }
  });
});

describe('the search for canaries', () => {
  it.each(Object.entries(canaries))('finds %s in every spelling, and a dozen characters of it', (name, value) => {
    for (const spelling of spellings(value)) {
      expect(leaks(`x ${spelling} y`).join()).toContain(`${name}: `);
      expect(leaks(spelling.slice(5, 50))).not.toEqual([]);
    }
    expect(leaks(`x ${Buffer.from(`ab:${value}`).toString('base64')}`)).not.toEqual([]);
  });
});

function thrownBy(attempt: () => unknown): Error {
  try {
    attempt();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe('the credentials of a proxy', () => {
  it('do not show when the proxy repeats them', async () => {
    const proxy = createServer((request, response) => {
      response.writeHead(407, 'no', { 'x-seen': request.headers['proxy-authorization'] }).end(inspect(request.headers));
    });
    proxy.on('connect', ({ headers }, socket) => {
      socket.end(`HTTP/1.1 407 no\r\nx-seen: ${headers['proxy-authorization']}\r\n\r\n${inspect(headers)}`);
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    ends.push(async () => void proxy.close());
    const address = `http://${canaries.proxy_credentials}@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    for (const scheme of ['http', 'https']) {
      const origin = `${scheme}://127.0.0.1:9`;
      const client = { grant_type: 'client_credentials', client_id: 'shop', client_secret: 's' } as const;
      const oauth2 = { ...client, token_endpoint: `${origin}/token`, backend: { proxy: address } };
      const backends = createBackends({ plain: { origin, proxy: address }, api: { origin, oauth2 } });
      const { got, fetch } = backends.get('plain');
      const failures = [got('x'), fetch('x').then((answer) => answer.json()), backends.get('api').token()];
      for (const failure of failures) {
        const error = await rejection(failure);
        const shown = [inspect(error, { depth: 20 }), String(error), JSON.stringify(error), (error as Error).stack];
        expect(leaks(shown.join('\n'))).toEqual([]);
      }
      await backends.close();
    }
  });
});
