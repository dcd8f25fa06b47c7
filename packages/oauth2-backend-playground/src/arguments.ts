/** The command line. */
import { parseArgs } from 'node:util';

/** What is wrong with it; ends with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Arguments {
  readonly authorizationServerPort: number;
  readonly apiPort: number;
  readonly claims: boolean;
  readonly help: boolean;
  /** The definition to print instead of starting anything. */
  readonly print: string | undefined;
}

export const AUTHORIZATION_SERVER_PORT = 4010;
export const API_PORT = 4011;

export const USAGE = `usage: oauth2-backend-playground [--as-port N] [--api-port N] [--claims]
       oauth2-backend-playground --print NAME

An authorization server and an API on 127.0.0.1, to try oauth2-backend with.

  --as-port N    port of the authorization server, unless given ${AUTHORIZATION_SERVER_PORT}; 0 is one that is free
  --api-port N   port of the API, unless given ${API_PORT}
  --claims       show what each token says, below the request that it came with
  --print NAME   print a definition that is ready to paste, and end; "all" prints all
  --help         print this
`;

/** @throws {UsageError} */
export function parseArguments(args: readonly string[]): Arguments {
  const values = read(args);
  const asPort = port('--as-port', values['as-port'], AUTHORIZATION_SERVER_PORT);
  const apiPort = port('--api-port', values['api-port'], API_PORT);
  if (asPort === apiPort && asPort !== 0) throw new UsageError(`--as-port and --api-port are both ${asPort}`);
  const { claims = false, help = false, print } = values;
  return { authorizationServerPort: asPort, apiPort, claims, help, print };
}

function read(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean' } as const;
    const options = { 'as-port': text, 'api-port': text, print: text, claims: flag, help: flag };
    return parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function port(option: string, given: string | undefined, preset: number): number {
  if (given === undefined) return preset;
  const number = /^\d{1,5}$/.test(given) ? Number(given) : Number.NaN;
  if (number <= 65_535) return number;
  throw new UsageError(`${option}: an integer from 0 to 65535`);
}
