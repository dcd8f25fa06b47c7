/** An application in Express, of either major. */
import compression from 'compression';
import express from 'express';
import { backends, forward } from 'express-oauth2-backend';
import express4 from 'express4';
import { lateHeader } from './late-header.js';
import { sendResponse } from './send-response.js';

/** Makes it; see `applications.js`. */
const expressApplication = (create) => (spec, definitions, errors) => {
  const clients = backends(definitions);
  const app = create();
  app.set('env', 'production');
  if (spec.compress) app.use(compression({ threshold: 0, filter: () => true }));
  if (spec.late) app.use((_, res, next) => next(lateHeader(res, spec.late)));
  app.use(clients);
  if (spec.parse) app.use(create.json());
  if (spec.before) {
    app.use((req, res, next) => {
      spec.before(req, res);
      next();
    });
  }
  const mount = spec.wildcard ? `${spec.mount}${create === express ? '/*path' : '/*'}` : spec.mount;
  if (spec.serve) {
    const serve = async (req, res) => sendResponse(await spec.serve(req.backends.billing, req), res);
    // Express 4 does not catch what an async handler throws.
    app.use(mount, (req, res, next) => void serve(req, res).then(undefined, next));
  } else app.use(mount, forward('billing', spec.forward));
  app.use((error, _req, _res, next) => {
    errors.push(error);
    next(error);
  });
  return { listener: app, clients };
};

export const express4Application = expressApplication(express4);
export const express5Application = expressApplication(express);
