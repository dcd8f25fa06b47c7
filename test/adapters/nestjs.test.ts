/** `forward` in a NestJS application, which parses bodies before the middleware of modules, and mounts those with wildcards. */
import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type INestApplication, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Request } from 'express';
import { backends, forward } from 'express-oauth2-backend';
import { type RequestForwardOptions, staticToken } from 'oauth2-backend';
import supertest from 'supertest';
import { type ApiServer, apiServer } from 'test-servers/api-server';

let api: ApiServer;
let clients: ReturnType<typeof backends>;
let app: INestApplication | undefined;
beforeEach(async () => {
  api = await apiServer();
  clients = backends({ billing: { origin: api.origin, path_prefix: '/v1', oauth2: staticToken('good') } });
});
afterEach(async () => {
  await app?.close();
  await clients.close();
  await api.close();
});

type Options = RequestForwardOptions | undefined;

/** Before everything else of NestJS: in `main.ts`. */
async function used(path: string, options: Options) {
  class Application {}
  Module({})(Application);
  app = await NestFactory.create(Application, { logger: false });
  app.use(clients);
  app.use(path, forward('billing', options));
  return app;
}

/** Behind its body parsers: in a module. */
async function applied(path: string, options: Options) {
  class Application implements NestModule {
    configure(consumer: MiddlewareConsumer) {
      consumer.apply(clients, forward('billing', options)).forRoutes(path);
    }
  }
  Module({})(Application);
  app = await NestFactory.create(Application, { logger: false });
  return app;
}

describe.each([
  ['app.use(path, forward(name))', used],
  ['consumer.apply(forward(name)).forRoutes(path)', applied],
])('nestjs: %s', (_, make) => {
  const mounted = async (path: string, options?: Options) => {
    const application = await make(path, options);
    await application.init();
    return supertest(application.getHttpServer());
  };

  it('sends nothing on from a wildcard, unless mount says what to cut off', async () => {
    const client = await mounted('/api/billing/*path');
    await client.delete('/api/billing/invoices/7').expect(500);
    expect(api.requests).toHaveLength(0);
  });

  it('sends on what is below mount', async () => {
    const client = await mounted('/api/billing/*path', { mount: '/api/billing' });
    await client.delete('/api/billing/invoices/7?a=b').expect(200);
    expect(api.requests[0]).toMatchObject({ method: 'DELETE', url: '/v1/invoices/7?a=b' });
  });

  it('sends the body that NestJS has parsed, and where it has not, as it came', async () => {
    const body = (req: Request) => JSON.stringify(req.body);
    const client = await mounted('/api/billing/*path', { mount: '/api/billing', body });
    await client.post('/api/billing/invoices').send({ amount: 7 }).expect(200);
    await client.get('/api/billing/invoices').expect(200);
    expect(api.requests.map((request) => request.body.toString())).toEqual(['{"amount":7}', '']);
  });
});

describe('nestjs', () => {
  it('sends on what is below a plain mount', async () => {
    const application = await used('/api/billing', {});
    await application.init();
    await supertest(application.getHttpServer()).delete('/api/billing/invoices/7?a=b').expect(200);
    expect(api.requests[0]).toMatchObject({ method: 'DELETE', url: '/v1/invoices/7?a=b' });
  });

  it('answers 500 where it has parsed the body, and body does not give it', async () => {
    const application = await applied('/api/billing/*path', { mount: '/api/billing' });
    await application.init();
    await supertest(application.getHttpServer()).post('/api/billing/invoices').send({ amount: 7 }).expect(500);
    expect(api.requests).toHaveLength(0);
  });
});
