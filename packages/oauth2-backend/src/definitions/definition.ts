/** What an application writes to define its backends. */

import type { TokenSource } from '../token.js';
import type { ConnectionDefinition } from './connection-definition.js';
import type { OAuth2Definition } from './oauth2-definition.js';

/** A named upstream: where it is, how requests to it are made and whose token they carry. */
export interface BackendDefinition extends ConnectionDefinition {
  /** `scheme://host[:port]`: the only origin that ever sees the token. */
  readonly origin: string;
  /** How tokens are got, or what gives them; without it requests carry none. */
  readonly oauth2?: OAuth2Definition | TokenSource | undefined;
}

/** Backends by name: letters, digits, `_` and `-`, a letter first. */
export type BackendDefinitions = Readonly<Record<string, BackendDefinition>>;
