/** The API behind the applications: verifies the token of each request and keeps a list of what it saw. */
import { createHash } from 'node:crypto';
import express from 'express';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { listen } from './listen.js';

/**
 * A resource server on a free loopback port that accepts JWTs of `issuer` for `audience`, verified with the keys at
 * `jwksUri`, unless `isRevoked(jti)`; `GET /moved` redirects to `movedTo`.
 *
 * `requests` lists them as `{ client, user, token, method, path, status, sha256 }`, `token` being its `jti`.
 */
export async function resourceApi({ issuer, audience, jwksUri, isRevoked, movedTo }) {
  const keys = createRemoteJWKSet(new URL(jwksUri));
  const requests = [];
  const app = express().disable('x-powered-by');

  app.get('/demo/requests', (_req, res) => void res.json(requests.slice(-10)));
  app.use(express.raw({ type: () => true }), authorize);
  app.get('/invoices', (_req, res) => void res.json({ invoices: [{ id: 1, amount: 42 }], ...res.locals.claims }));
  app.post('/invoices', (req, res) => void res.json({ sha256: digest(req.body) }));
  app.get('/moved', (_req, res) => res.redirect(movedTo));

  const { origin, close } = await listen(app);
  return { origin, requests, close };

  async function authorize(req, res, next) {
    const { claims, problem } = await verify(req.get('authorization'));
    const sha256 = req.body && digest(req.body);
    const { client_id: client, sub: user, jti: token } = claims ?? {};
    const seen = { client, user, token, method: req.method, path: req.path, sha256 };
    res.once('finish', () => requests.push({ ...seen, status: res.statusCode }));
    res.locals.claims = { client, user };
    if (problem === undefined) next();
    else res.status(401).set('www-authenticate', `Bearer realm="billing"${problem}`).end();
  }

  // RFC 6750 §3.1: a request without a token is told no error code.
  async function verify(authorization) {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return { problem: '' };
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, audience, typ: 'at+jwt', algorithms: ['ES256'] });
      return isRevoked(payload.jti) ? { claims: payload, problem: refused('revoked') } : { claims: payload };
    } catch {
      return { problem: refused('expired or not for this API') };
    }
  }
}

const refused = (why) => `, error="invalid_token", error_description="the token is ${why}"`;

const digest = (bytes) => createHash('sha256').update(bytes).digest('base64url');
