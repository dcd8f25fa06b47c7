/** One way to be wrong, and what the message has to say. */
import { createBackends } from 'oauth2-backend';
import type { Answer } from 'test-servers/recording-server';
import type { Servers } from './servers.js';

export interface Provocation {
  readonly title: string;
  /** Attributes of `billing.oauth2` that differ from a definition that works. */
  readonly oauth2?: object | ((servers: Servers) => object);
  /** Attributes of `billing` itself. */
  readonly api?: object;
  /** What the scripted server answers; the real ones answer themselves. */
  readonly answer?: Answer;
  /** The words without which nobody knows what to change. */
  readonly says: readonly (string | RegExp)[];
}

/** Provocations of one server, or of what stands before it. */
export interface Group {
  /** A block `oauth2` with which a token comes. */
  readonly working: (servers: Servers) => object;
  readonly provocations: readonly Provocation[];
}

/** Each secret has it, so that none can be in a message unseen. */
export const SECRET = 's3cr3t';

/** What somebody reads who does this. */
export async function messageOf({ working }: Group, wrong: Provocation, servers: Servers): Promise<string> {
  servers.scripted.failure = wrong.answer;
  const { oauth2 = {} } = wrong;
  const definition = {
    origin: 'http://127.0.0.1:9',
    oauth2: { retries: 0, ...working(servers), ...(typeof oauth2 === 'function' ? oauth2(servers) : oauth2) },
    ...wrong.api,
  };
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  let backends: ReturnType<typeof createBackends>;
  try {
    backends = createBackends({ billing: definition as never }, { logger: silent });
  } catch (error) {
    return (error as Error).message;
  }
  try {
    await backends.get('billing').token();
    return 'a token came';
  } catch (error) {
    return (error as Error).message;
  } finally {
    await backends.close();
  }
}

/** An OAuth error (RFC 6749 §5.2). */
export function refusal(status: number, error: string, description?: string, more: object = {}): Answer {
  return {
    status,
    body: { error, ...(description !== undefined && { error_description: description }), ...more },
  };
}

/** An HTML page. */
export function page(status: number, title: string): Answer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!DOCTYPE html>\n<html lang="en"><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
  };
}
