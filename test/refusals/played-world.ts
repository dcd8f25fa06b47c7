/** A token endpoint and an API that refuses as a test says, an application between them, and calls in the clock's time. */
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type BackendsOptions, createBackends, type OAuth2Definition } from 'oauth2-backend';
import { type ApiServer, apiServer } from 'test-servers/api-server';
import { listen } from 'test-servers/listen';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import { Pool } from 'undici';
import { clients, manualClock } from '../../packages/oauth2-backend/test/clients/client-world.js';
import type { ServeClients } from './applications.js';

/** One call's end. Instants are milliseconds since the world's start, by the clock. */
export interface Outcome {
  readonly began: number;
  readonly ended: number;
  readonly status: number;
}

export interface PlayedWorld {
  readonly as: TokenServer;
  readonly api: ApiServer;
  /** What was warned of, through the logger. */
  readonly warnings: readonly string[];
  /** Milliseconds since the start, by the clock. */
  now(): number;
  /** Milliseconds since a token was issued. */
  age(token: string | undefined): number;
  /** Moves the clock, without a call. */
  skip(milliseconds: number): void;
  /** Calls so often for so long, through each client in turn. Many calls may be under way together. */
  play(options: { every: number; lasts: number }): Promise<Outcome[]>;
  close(): Promise<void>;
}

export interface PlayedWorldOptions {
  readonly serve: ServeClients;
  readonly oauth2?: Partial<OAuth2Definition>;
  readonly options?: BackendsOptions;
}

/** Milliseconds of real time after which the clock goes on at the latest though a call has not ended: it may wait by the clock. */
const PATIENCE = 60;

/** Starts it. */
export async function playedWorld({ serve, oauth2, options }: PlayedWorldOptions): Promise<PlayedWorld> {
  const clock = manualClock();
  const start = clock.now();
  const now = () => clock.now() - start;
  const [as, api] = await Promise.all([tokenServer(), apiServer()]);
  const born = new Map<string, number>();
  as.extra = {
    // Read when the answer is made.
    get token_type() {
      born.set(`token-${as.issued.length}`, now());
      return 'Bearer';
    },
  };
  const warnings: string[] = [];
  const logger = {
    debug() {},
    info() {},
    error() {},
    warn: (_: object, message: string) => void warnings.push(message),
  };
  const block = {
    grant_type: 'client_credentials',
    token_endpoint: as.url,
    client_id: 'shop',
    client_secret: 'the-secret',
    ...oauth2,
  } as OAuth2Definition;
  const backends = createBackends({ api: { origin: api.origin, oauth2: block } }, { clock, logger, ...options });
  const server = await listen(createServer(serve(backends)));
  const inbound = new Pool(server.origin, { connections: 200 });

  const call = async (name: string): Promise<Outcome> => {
    const began = now();
    const { statusCode, body } = await inbound.request({ path: `/${name}`, method: 'GET' });
    await body.dump();
    return { began, ended: now(), status: statusCode };
  };

  return {
    as,
    api,
    warnings,
    now,
    age: (token) => now() - (born.get(token ?? '') ?? Number.NaN),
    skip: clock.advance,
    async play({ every, lasts }) {
      const calls: Promise<Outcome>[] = [];
      for (const end = now() + lasts; now() < end; clock.advance(every)) {
        const made = call(clients[calls.length % clients.length]?.name ?? '');
        calls.push(made);
        await Promise.race([made, delay(Math.min(PATIENCE, every))]);
      }
      return Promise.all(calls);
    },
    async close() {
      await inbound.destroy();
      await Promise.all([server.close(), backends.close({ timeout: 0 })]);
      await Promise.all([as.close(), api.close()]);
    },
  };
}
