/** An application in NestJS, of either major: before its body parsers, as in `main.ts`, or behind them, in a module. */
import 'reflect-metadata';
import * as common from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import compression from 'compression';
import { backends, forward } from 'express-oauth2-backend';
import * as nestjs12 from 'nestjs12';
import { lateHeader } from './late-header.js';
import { sendResponse } from './send-response.js';

/** Makes it; see `applications.js`. */
const nestApplication = (nest, answersResponse) => async (spec, definitions, errors) => {
  const clients = backends(definitions);
  const modules = spec.parse ? behindParsers(nest, spec, clients) : {};
  const controllers = spec.serve ? [controller(nest, spec, answersResponse)] : [];
  class Application {
    configure(consumer) {
      modules.configure?.(consumer);
    }
  }
  nest.Module({ controllers })(Application);
  const tell = (...given) => void errors.push(given[0]);
  const quiet = () => undefined;
  const logger = { log: quiet, debug: quiet, verbose: quiet, warn: tell, error: tell, fatal: tell };
  const app = await nest.NestFactory.create(Application, { logger });
  if (spec.compress) app.use(compression({ threshold: 0, filter: () => true }));
  if (spec.late) app.use((_, res, next) => next(lateHeader(res, spec.late)));
  if (!spec.parse) app.use(clients);
  if (spec.before) {
    app.use((req, res, next) => {
      spec.before(req, res);
      next();
    });
  }
  if (!spec.parse && !spec.serve)
    app.use(spec.wildcard ? `${spec.mount}/*path` : spec.mount, forward('billing', spec.forward));
  await app.init();
  return { listener: app.getHttpAdapter().getInstance(), clients, close: () => app.close() };
};

const behindParsers = (_, spec, clients) => ({
  configure(consumer) {
    // Where NestJS leaves a middleware no path below its mount.
    const options = { mount: spec.mount, ...spec.forward };
    consumer.apply(clients, forward('billing', options)).forRoutes(`${spec.mount}/*path`);
  },
});

function controller(nest, spec, answersResponse) {
  class Serving {
    async all(req, res) {
      const response = await spec.serve(req.backends.billing, req);
      if (answersResponse) return response;
      return sendResponse(response, res);
    }
  }
  const { prototype } = Serving;
  nest.Controller()(Serving);
  nest.All(`${spec.mount}/*path`)(prototype, 'all', Object.getOwnPropertyDescriptor(prototype, 'all'));
  nest.Req()(prototype, 'all', 0);
  if (!answersResponse) nest.Res()(prototype, 'all', 1);
  return Serving;
}

export const nestjs11Application = nestApplication({ ...common, NestFactory }, false);
export const nestjs12Application = nestApplication(nestjs12, true);
