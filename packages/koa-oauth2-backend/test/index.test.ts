import { describe, expect, it, jest } from '@jest/globals';
import express from 'express';
import Koa from 'koa';
import { ConfigurationError, type RequestContext } from 'oauth2-backend';
import supertest from 'supertest';
import { backends, forward } from '../src/index.js';

const billing = { billing: { origin: 'https://billing.example.com' } };

describe('backends(definitions) as a Koa middleware', () => {
  it('has a name for stacks', () => {
    expect(Function.prototype.toString.call(backends(billing))).toContain('function oauth2Backends(');
  });

  it('rejects when something is wrong with the request and goes no further', async () => {
    const next = jest.fn<() => Promise<unknown>>();
    const taken = { req: {}, res: {}, backends: 'something else' };
    await expect(backends(billing)(taken as never, next)).rejects.toBeInstanceOf(ConfigurationError);
    expect(next).not.toHaveBeenCalled();
  });

  it.each([
    ['backends', backends, 'backends(definitions)'],
    ['forward', forward, "forward('name')"],
  ])('says in one line that %s has to be called, where app.use got it as it is', async (_, given, call) => {
    const app = new Koa();
    app.use(async (ctx, next) => {
      await next().catch((error: ConfigurationError) => {
        ctx.body = error.problems;
      });
    });
    app.use(given as never);
    const message = `a request came for an argument; call it: ${call}`;
    await supertest(app.callback())
      .get('/')
      .expect(200, [{ path: '', message }]);
  });

  it('settles as the rest of the chain does', async () => {
    const ctx = () => ({ req: {}, res: {} }) as never;
    expect(await backends(billing)(ctx(), async () => 'done')).toBe('done');
    await expect(backends(billing)(ctx(), () => Promise.reject(new Error('later')))).rejects.toThrow('later');
  });

  it('lends the Koa context as inbound, also below Express', async () => {
    const made = backends(billing);
    const contexts: RequestContext[] = [];
    const watched = {
      ...made,
      get: made.get,
      for: (context: RequestContext) => {
        contexts.push(context);
        return made.for(context);
      },
    };
    const koa = new Koa();
    let inbound: unknown;
    koa.use(backends(watched));
    koa.use((ctx) => {
      inbound = ctx;
      ctx.body = ctx.backends['billing']?.name;
    });
    const app = express();
    app.use(koa.callback());
    await supertest(app).get('/').expect(200, 'billing');
    expect(contexts).toHaveLength(1);
    expect(contexts[0]?.inbound).toBe(inbound);
  });
});
