/** One row run against one application: a backend, the application in front of it, and its client. */
import { createServer } from 'node:http';
import compression from 'compression';
import express from 'express';
import { reuse, staticToken } from 'oauth2-backend';
import { listen } from 'test-servers/listen';
import { backendServer } from './backend-server.js';
import { bareProxy } from './bare-proxy.js';
import { client } from './client.js';

const PREFIX = '/v1';

/**
 * Opens it. A row asks for its application by `application(spec)`, see `applications.js`; beside that a spec may have
 * `definition`, more of the backend's; `renews`, for tokens `token-1`, `token-2`, … in place of `good`; `server`, options of
 * Node's server; and `wrap`, which gives the listener another way in than a socket.
 *
 * @param make the framework's; none for the bare proxy
 */
export async function openCell(framework, protocol, make) {
  const backend = await backendServer(protocol);
  const ends = [];

  async function application({ mount = '/api/billing', ...rest } = {}) {
    const spec = { mount, ...rest };
    const errors = [];
    const made = make ? await make(spec, definitions(spec, backend), errors) : bare(spec, backend);
    const server = createServer({ keepAliveTimeout: 60_000, ...spec.server }, made.listener);
    const { port, close } = await listen(server);
    const own = client(port);
    ends.push(async () => {
      own.close();
      await close();
      await made.close?.();
      await made.clients?.close({ timeout: 0 });
    });
    return { ...own, server, errors, listener: made.listener, clients: made.clients };
  }

  return {
    framework,
    isKoa: framework.startsWith('Koa'),
    overHttp2: protocol === 'HTTP/2',
    bare: !make,
    backend,
    application,
    /** Closed in the end. */
    ends: (end) => void ends.push(end),
    async close() {
      for (const end of ends.reverse()) await end();
      await backend.close();
    },
  };
}

function definitions({ definition, renews }, backend) {
  const oauth2 = renews ? renewing() : staticToken('good');
  return { billing: { path_prefix: PREFIX, timeout: '5s', oauth2, ...backend.connection, ...definition } };
}

/** Its tokens are old enough to be renewed. */
function renewing() {
  let issued = 0;
  const token = async () => {
    issued += 1;
    return {
      value: `token-${issued}`,
      type: 'Bearer',
      issuedAt: Date.now() - 60_000,
      expiresAt: Date.now() + 3_600_000,
    };
  };
  return reuse({ token });
}

/** What stands before it in Express stands before it here. */
function bare({ mount, before, parse, compress, definition, renews }, backend) {
  const { origin, ca } = { ...backend, ...definition };
  const { path_prefix: prefix = '' } = { path_prefix: PREFIX, ...definition };
  const proxy = bareProxy({ origin, ca, mount, prefix, token: renews ? 'token-1' : 'good' });
  const middlewares = [
    compress && compression({ threshold: 0, filter: () => true }),
    parse && express.json(),
    before && ((req, res, next) => next(before(req, res))),
    proxy.listener,
  ].filter(Boolean);
  const listener = (req, res) => {
    const rest = [...middlewares];
    const next = () => rest.shift()?.(req, res, next);
    next();
  };
  return { listener, close: proxy.close };
}
