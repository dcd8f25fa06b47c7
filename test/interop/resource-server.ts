/** A resource server that is not ours: Express with `express-oauth2-jwt-bearer` verifies each token and tells what it holds. */
import { createServer } from 'node:http';
import { Agent } from 'node:https';
import express from 'express';
import { auth } from 'express-oauth2-jwt-bearer';
import { listen } from 'test-servers/listen';
import type { AuthorizationServer } from './authorization-server.js';

export interface ResourceServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** Starts it on a free loopback port; `GET` anything gives the token's claims as JSON. */
export async function resourceServer(options: {
  readonly trusts: AuthorizationServer;
  readonly audience: string;
  /** For an authorization server that speaks https. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
}): Promise<ResourceServer> {
  const { issuer, jwksUri } = options.trusts;
  const app = express();
  app.use(
    auth({
      issuer,
      jwksUri,
      audience: options.audience,
      tokenSigningAlg: 'ES256',
      ...(options.tls && { agent: new Agent(options.tls) }),
    }),
  );
  app.use((request, response) => void response.json(request.auth?.payload));
  return listen(createServer(app));
}
