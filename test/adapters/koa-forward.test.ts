import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import Router from '@koa/router';
import Koa from 'koa';
import compress from 'koa-compress';
import mount from 'koa-mount';
import { backends, forward } from 'koa-oauth2-backend';
// oxlint-disable-next-line import/default -- typed by Koa 3's `export =`
import Koa2 from 'koa2';
import { type ForwardAdapter, forwardContract, type Middleware } from './forward-contract.js';

const adapter = (Application: typeof Koa): ForwardAdapter => ({
  backends: backends as ForwardAdapter['backends'],
  forward,
  mount: (path, middleware) => [mount(path, middleware as never)],
  route(path, middleware) {
    const router = new Router();
    router.all(`${path}/(.*)`, middleware as never);
    return [router.routes()];
  },
  async parser(ctx: Koa.Context, next: Koa.Next) {
    if (ctx.is('json')) {
      const chunks = await ctx.req.toArray();
      Object.assign(ctx.request, { body: JSON.parse(chunks.join('')) });
    }
    await next();
  },
  header: (name, value) => (ctx: Koa.Context, next: Koa.Next) => {
    ctx.set(name, value);
    return next();
  },
  headerAfter: (name, value) => async (ctx: Koa.Context, next: Koa.Next) => {
    await next();
    ctx.set(name, value);
  },
  compress: compress({ threshold: 0, filter: () => true }) as Middleware,
  touch: (change) => (ctx: Koa.Context, next: Koa.Next) => {
    change(ctx.headers);
    return next();
  },
  answer(ctx: Koa.Context, next: Koa.Next) {
    ctx.status = 200;
    ctx.res.end('early');
    return next();
  },
  async lengthAfter(ctx: Koa.Context, next: Koa.Next) {
    await next();
    ctx.set('content-length', '5');
  },
  application(middlewares, failed, { silent = true } = {}) {
    const app = new Application({ env: 'production' });
    app.silent = silent;
    app.use(async (_ctx, next) => {
      try {
        await next();
      } catch (error) {
        failed(error);
        throw error;
      }
    });
    for (const middleware of middlewares) app.use(middleware as Koa.Middleware);
    const handle = app.callback();
    return (request, response) => void handle(request, response);
  },
});

describe('koa: forward() on HTTP/2', () => {
  it('sends the body on, and gives the answer with its trailers', async () => {
    const api = createServer((request, response) => {
      response.setHeader('trailer', 'x-sum');
      request.pipe(response, { end: false });
      request.once('end', () => {
        response.addTrailers({ 'x-sum': '42' });
        response.end();
      });
    }).listen(0, '127.0.0.1');
    await once(api, 'listening');
    const clients = backends({ api: { origin: `http://127.0.0.1:${(api.address() as AddressInfo).port}` } });
    const app = new Koa().use(clients).use(forward('api'));
    const handle = app.callback();
    const server = createHttp2Server((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const stream = client.request({ ':method': 'POST', ':path': '/x' });
    stream.end('hello');
    const trailers = once(stream, 'trailers');
    expect(String(Buffer.concat(await stream.toArray()))).toBe('hello');
    expect((await trailers)[0]).toMatchObject({ 'x-sum': '42' });
    client.close();
    server.close();
    await clients.close();
    api.close();
  });
});

forwardContract('koa 3', adapter(Koa));
forwardContract('koa 2', adapter(Koa2));
