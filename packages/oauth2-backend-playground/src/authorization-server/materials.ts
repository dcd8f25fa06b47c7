/** What takes time to make before the authorization server can listen. */
import { type SigningKey, signingKey } from '../tokens/signing-key.js';

export interface Materials {
  readonly library: typeof import('oidc-provider');
  /** The first one that tokens are signed by. */
  readonly own: SigningKey;
  /** Of the service account whose assertions are taken. */
  readonly robot: SigningKey;
  /** Of the client that authenticates by `private_key_jwt`. */
  readonly client: SigningKey;
}

export async function materials(): Promise<Materials> {
  const [library, own, robot, client] = await Promise.all([
    loadProvider(),
    signingKey('playground-1'),
    signingKey('robot-1'),
    signingKey('shop-1'),
  ]);
  return { library, own, robot, client };
}

/** oidc-provider without what it says on each Node that is not its choice. */
async function loadProvider(): Promise<Materials['library']> {
  const { warn } = console;
  console.warn = (...said: unknown[]) => {
    if (!String(said[0]).includes('oidc-provider WARNING')) warn(...said);
  };
  try {
    return await import('oidc-provider');
  } finally {
    console.warn = warn;
  }
}
