import { describe, expect, it, jest } from '@jest/globals';
import express from 'express';
import { ConfigurationError } from 'oauth2-backend';
import supertest from 'supertest';
import { backends, forward } from '../src/index.js';

const billing = { billing: { origin: 'https://billing.example.com' } };
const shipping = { shipping: { origin: 'https://shipping.example.com' } };

describe('backends(definitions) as an Express middleware', () => {
  it('has a name for stacks', () => {
    expect(Function.prototype.toString.call(backends(billing))).toContain('function oauth2Backends(');
  });

  it('hands what is wrong with the request to next, once, and throws nothing', () => {
    const next = jest.fn();
    const taken = { backends: 'something else' };
    backends(billing)(taken as never, {} as never, next);
    expect(next.mock.calls).toEqual([[expect.any(ConfigurationError)]]);
  });

  it('does not take an error of a later handler for its own', () => {
    const next = jest.fn<() => void>(() => {
      throw new Error('of a later handler');
    });
    expect(() => backends(billing)({} as never, {} as never, next)).toThrow('of a later handler');
    expect(next).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['backends', backends, 'backends(definitions)'],
    ['forward', forward, "forward('name')"],
  ])('says in one line that %s has to be called, where app.use got it as it is', async (_, given, call) => {
    const app = express();
    app.use(given as never);
    const caught: express.ErrorRequestHandler = (error, _request, response, _next) =>
      void response.json(error.problems);
    app.use(caught);
    const message = `a request came for an argument; call it: ${call}`;
    await supertest(app)
      .get('/')
      .expect(200, [{ path: '', message }]);
  });

  it('adds to a router what only its routes need', async () => {
    const router = express.Router();
    router.use(backends(shipping));
    router.get('/', (req, res) => void res.json(Object.keys(req.backends)));
    const app = express();
    app.use(backends(billing));
    app.use('/shipping', router);
    app.get('/', (req, res) => void res.json(Object.keys(req.backends)));
    await supertest(app).get('/').expect(200, ['billing']);
    await supertest(app).get('/shipping').expect(200, ['billing', 'shipping']);
  });
});
