/** `forward` behind adapters that make a request of an event: there is no socket, and the raw headers are empty or odd. */
import codegenie from '@codegenie/serverless-express';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import * as expressAdapter from 'express-oauth2-backend';
import Koa from 'koa';
import mount from 'koa-mount';
import * as koaAdapter from 'koa-oauth2-backend';
import { type BackendDefinitions, type RequestForwardOptions, staticToken } from 'oauth2-backend';
import serverless from 'serverless-http';
import { type ApiServer, apiServer } from 'test-servers/api-server';

let api: ApiServer;
let ends: (() => Promise<unknown>)[];
beforeEach(async () => {
  api = await apiServer();
  ends = [() => api.close()];
});
afterEach(async () => {
  for (const end of ends.reverse()) await end();
});

/** An event of API Gateway, version 1, and what a function answers to it. */
type Ask = (event: { path: string; method?: string; headers?: Record<string, string>; body?: string }) => Promise<{
  statusCode: number;
  body: string;
}>;

const definitions = (): BackendDefinitions => ({
  billing: { origin: api.origin, path_prefix: '/v1', oauth2: staticToken('good') },
});

function expressApp(options?: RequestForwardOptions, parser = false): express.Express {
  const clients = expressAdapter.backends(definitions());
  ends.push(() => clients.close());
  const app = express().use(clients);
  if (parser) app.use(express.json());
  return app.use('/api/billing', expressAdapter.forward('billing', options));
}

function koaApp(): Koa {
  const clients = koaAdapter.backends(definitions());
  ends.push(() => clients.close());
  const app = new Koa();
  // The adapter's response closes before it has finished, which Koa reports.
  app.silent = true;
  app.use(clients).use(mount('/api/billing', koaAdapter.forward('billing')));
  return app;
}

const ask = (handle: (event: object, context: object) => Promise<object>): Ask => {
  return async ({ path, method = 'POST', headers = {}, body }) => {
    const event = {
      path,
      httpMethod: method,
      headers: { Host: 'shop.example', ...headers },
      queryStringParameters: null,
      requestContext: { identity: { sourceIp: '192.0.2.1' } },
      body: body ?? '',
      isBase64Encoded: false,
    };
    return (await handle(event, {})) as Awaited<ReturnType<Ask>>;
  };
};

const throughCodegenie = (app: express.Express): Ask => {
  // Its types know no CommonJS.
  const open = codegenie as unknown as (options: object) => (...given: unknown[]) => Promise<object>;
  const handler = open({ app });
  return ask((event, context) => handler(event, context, () => undefined));
};

describe.each<[string, () => Ask]>([
  ['serverless-http, Express', () => ask(serverless(expressApp()))],
  ['serverless-http, Koa', () => ask(serverless(koaApp()))],
  ['@codegenie/serverless-express', () => throughCodegenie(expressApp())],
])('forward behind %s', (_, open) => {
  it('sends the request on with its body', async () => {
    const headers = { 'Content-Type': 'text/plain', 'X-Kept': '1', Cookie: 'a=b' };
    const answer = await open()({ path: '/api/billing/invoices', headers, body: 'hällo' });
    expect(JSON.parse(answer.body)).toEqual({ method: 'POST', url: '/v1/invoices', token: 'good' });
    expect(api.requests[0]?.body.toString()).toBe('hällo');
    expect(api.requests[0]?.headers).toMatchObject({
      'content-type': 'text/plain',
      'x-kept': '1',
      'content-length': '6',
    });
    expect(api.requests[0]?.headers).not.toHaveProperty('cookie');
  });

  it('sends a GET on', async () => {
    expect((await open()({ path: '/api/billing', method: 'GET' })).statusCode).toBe(200);
    expect(api.requests[0]).toMatchObject({ method: 'GET', url: '/v1' });
  });
});

describe('forward behind serverless-http, Express, with less than Content-Length says', () => {
  it('is an error', async () => {
    const headers = { 'content-length': '50' };
    const answer = await ask(serverless(expressApp()))({ path: '/api/billing/x', headers, body: 'hello' });
    expect([answer.statusCode, api.requests]).toEqual([500, []]);
  });
});

describe('forward behind @codegenie/serverless-express and a body parser', () => {
  const event = { path: '/api/billing/x', headers: { 'content-type': 'application/json' }, body: '{ "a": 1 }' };

  it('is an error', async () => {
    expect((await throughCodegenie(expressApp({}, true))(event)).statusCode).toBe(500);
    expect(api.requests).toHaveLength(0);
  });

  it('sends what body gives', async () => {
    const body: RequestForwardOptions['body'] = (req: express.Request) => JSON.stringify(req.body);
    expect((await throughCodegenie(expressApp({ body }, true))(event)).statusCode).toBe(200);
    expect(api.requests[0]?.body.toString()).toBe('{"a":1}');
  });
});
