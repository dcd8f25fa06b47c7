/** The authorization server: tokens by oidc-provider, and beside them the definitions that get some. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { playgroundClients, USERS } from '../clients.js';
import { definitionsPage } from '../definitions/definitions-page.js';
import { type Addresses, playgroundDefinitions } from '../definitions/playground-definitions.js';
import type { Journal } from '../journal.js';
import type { Knobs } from '../knobs/knob.js';
import type { KnobBoard } from '../knobs/knob-board.js';
import { answerKnobs } from '../knobs/knob-routes.js';
import { troubles } from '../knobs/troubles.js';
import { issuedTokens } from '../tokens/issued-tokens.js';
import type { SigningKey } from '../tokens/signing-key.js';
import { answerHtml, answerJson, answerText } from '../web/answers.js';
import { foreign } from '../web/local-only.js';
import type { Materials } from './materials.js';
import { serverKnobs } from './server-knobs.js';
import { storage } from './storage.js';
import { tokenEndpoint } from './token-endpoint.js';
import { tokenIssuer } from './token-issuer.js';

export interface AuthorizationServerOptions extends Addresses {
  readonly materials: Materials;
  readonly journal: Journal;
  readonly board: KnobBoard;
}

export interface AuthorizationServer {
  readonly listener: RequestListener;
  readonly knobs: Knobs;
  on(): Record<string, unknown>;
  /** The key that tokens are signed by at present. */
  key(): SigningKey;
  isRevoked(jti: string | undefined): boolean;
}

export function authorizationServer(options: AuthorizationServerOptions): AuthorizationServer {
  const { issuer, api, materials, journal, board } = options;
  const definitions = playgroundDefinitions({ issuer, api });
  const clients = playgroundClients(materials.client.publicJwk);
  const kept = storage(clients);
  const issued = issuedTokens();
  const trouble = troubles('token request');
  const endpoint = tokenEndpoint(journal, trouble, issued);
  const tokens = tokenIssuer(materials, { issuer, resource: api, storage: kept, answered: endpoint.answered });
  const knobs = { ...serverKnobs({ clients, issued, storage: kept, issuer: tokens }), ...trouble.knobs };
  const texts = new Map([
    ...Object.entries(definitions).map(([name, { code }]) => [`/definitions/${name}`, code] as const),
    ['/keys/robot.pem', materials.robot.pem],
    ['/keys/shop-key-jwt.pem', materials.client.pem],
  ]);
  return {
    listener: (request, response) => {
      respond(request, response).catch((error: unknown) => {
        if (response.destroyed) return;
        journal.add({ kind: 'token', what: request.method ?? '', outcome: `500 ${String(error)}` });
        response.destroy();
      });
    },
    knobs,
    on: trouble.on,
    key: () => tokens.key,
    isRevoked: issued.isRevoked,
  };

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = foreign(request);
    if (refusal !== undefined) return answerJson(response, 403, { error: refusal });
    const url = new URL(`${issuer}${request.url}`);
    if (url.pathname === '/token') return endpoint.answer(request, response, tokens.answer);
    if (/^\/knobs(\/|$)/.test(url.pathname)) return answerKnobs(request, response, url, { knobs, board, journal });
    if (url.pathname === '/login') return login(request, response, url);
    if (request.method === 'GET') {
      if (url.pathname === '/') return index(request, response);
      if (url.pathname === '/requests') return answerJson(response, 200, journal.entries());
      const text = texts.get(url.pathname);
      if (text !== undefined) return answerText(response, 200, text);
    }
    tokens.answer(request, response);
  }

  function index(request: IncomingMessage, response: ServerResponse): void {
    const commands = board.commands();
    if (request.headers.accept?.includes('text/html')) {
      answerHtml(response, definitionsPage({ issuer, api, definitions, commands }));
    } else {
      const codes = Object.fromEntries(Object.entries(definitions).map(([name, { code }]) => [name, code]));
      const endpoints = { issuer, token_endpoint: `${issuer}/token`, api };
      answerJson(response, 200, { ...endpoints, definitions: codes, knobs: commands });
    }
  }

  async function login(request: IncomingMessage, response: ServerResponse, { searchParams }: URL): Promise<void> {
    const user = searchParams.get('user') ?? 'amy';
    if (request.method !== 'POST') return answerJson(response, 405, { error: 'asked by POST' }, { allow: 'POST' });
    if (!Object.hasOwn(USERS, user)) {
      return answerJson(response, 400, { error: `user: ${Object.keys(USERS).join(' or ')}` });
    }
    journal.add({ kind: 'login', client: user, what: '', outcome: '200' });
    answerText(response, 200, await tokens.users.login(user));
  }
}
