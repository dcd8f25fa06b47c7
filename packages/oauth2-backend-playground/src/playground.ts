/** The authorization server and the API, started together. */
import { invoicesApi } from './api/api.js';
import { API_PORT, AUTHORIZATION_SERVER_PORT } from './arguments.js';
import { authorizationServer } from './authorization-server/authorization-server.js';
import { materials } from './authorization-server/materials.js';
import { type PlaygroundDefinition, playgroundDefinitions } from './definitions/playground-definitions.js';
import { journal } from './journal.js';
import { type KnobBoard, knobCommands } from './knobs/knob-board.js';
import { type Listening, listen } from './web/listen.js';

export interface PlaygroundOptions {
  /** Port of 127.0.0.1; 0 is one that is free. @default 4010 */
  readonly authorizationServerPort?: number | undefined;
  /** Port of 127.0.0.1; 0 is one that is free. @default 4011 */
  readonly apiPort?: number | undefined;
  /** Gets a line for each token request, each request to the API and each knob that is turned; nothing unless given. */
  readonly print?: ((line: string) => void) | undefined;
  /** Prints the claims of each token too. @default false */
  readonly claims?: boolean | undefined;
}

export interface Playground {
  /** `http://127.0.0.1:4010` */
  readonly issuer: string;
  /** `http://127.0.0.1:4010/token` */
  readonly tokenEndpoint: string;
  /** The API's origin, `http://127.0.0.1:4011`. */
  readonly api: string;
  /** By name: `client-secret-basic`, `token-exchange`, … */
  readonly definitions: Readonly<Record<string, PlaygroundDefinition>>;
  /** Ends both servers and their connections at once. */
  close(): Promise<void>;
}

/**
 * Starts both servers on 127.0.0.1. What they know is gone when they end.
 *
 * @throws {PortError} for a port that cannot be had
 */
export async function playground({
  authorizationServerPort = AUTHORIZATION_SERVER_PORT,
  apiPort = API_PORT,
  print = () => undefined,
  claims = false,
}: PlaygroundOptions = {}): Promise<Playground> {
  const made = await materials();
  const [front, back] = await listenBoth(authorizationServerPort, apiPort);
  const addresses = { issuer: front.origin, api: back.origin };
  const board: KnobBoard = {
    on: () => ({ authorization_server: authorization.on(), api: api.on() }),
    commands: () => ({
      ...knobCommands(addresses.issuer, authorization.knobs),
      ...knobCommands(addresses.api, api.knobs),
    }),
  };
  const shared = { journal: journal(print, { claims }), board };
  const authorization = authorizationServer({ ...addresses, ...shared, materials: made });
  const { key, isRevoked } = authorization;
  const api = invoicesApi({ ...shared, verifier: { issuer: front.origin, audience: back.origin, key, isRevoked } });
  front.answer(authorization.listener);
  back.answer(api.listener);
  return {
    ...addresses,
    tokenEndpoint: `${front.origin}/token`,
    definitions: playgroundDefinitions(addresses),
    async close() {
      await Promise.all([front.close(), back.close()]);
    },
  };
}

async function listenBoth(authorizationServerPort: number, apiPort: number): Promise<[Listening, Listening]> {
  const front = await listen(authorizationServerPort, '--as-port');
  try {
    return [front, await listen(apiPort, '--api-port')];
  } catch (error) {
    await front.close();
    throw error;
  }
}
